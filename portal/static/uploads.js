/* Sending files: size before sending, progress while sending. Comes after app.js; without scripts the form is sent plainly.
   No inline code, no eval: events are met once, on the document. */
(() => {
  'use strict';
  const { say, refused, dirty, release, make } = window.portal;
  const $ = (selector, root = document) => root.querySelector(selector);
  const megabytes = (n) => (n / 1048576).toLocaleString('vi-VN', { maximumFractionDigits: 2 }) + ' MB';

  function complain(field, sentence) {
    const place = $('[data-message]', field.form) ?? field.parentElement.insertBefore(make('p', { className: 'error' }), field);
    Object.assign(place, { hidden: !sentence, textContent: sentence });
    place.dataset.message = '';
    if (sentence) say(sentence, 'no');
  }
  document.addEventListener('change', ({ target }) => {
    if (target.type !== 'file' || !target.dataset.maxBytes) return;
    const most = Number(target.dataset.maxBytes);
    const big = [...target.files].find((file) => file.size > most);
    complain(target, big ? `Tệp “${big.name}” nặng ${megabytes(big.size)}, quá mức ${megabytes(most)}. Hãy chọn tệp nhỏ hơn.` : '');
    if (big) target.value = '';
  });
  document.addEventListener('submit', (event) => { // app.js has met it first, and stops a second press
    const form = event.target;
    if (event.defaultPrevented || !form.hasAttribute('data-upload') || !window.FormData) return;
    event.preventDefault();
    upload(form);
  });
  function upload(form) {
    const xhr = new XMLHttpRequest();
    const line = $('.progress-line', form) ?? make('div', { innerHTML: '<progress max="100"></progress><span></span>' });
    const fail = (sentence) => { line.hidden = true; release(form); complain($('input[type=file]', form), sentence); };
    xhr.open('POST', form.action);
    xhr.upload.onprogress = (event) => {
      line.hidden = !event.lengthComputable;
      $('progress', line).value = 100 * event.loaded / event.total;
      $('span', line).textContent = event.loaded < event.total ? `${megabytes(event.loaded)} / ${megabytes(event.total)}` : 'Đang kiểm tra tệp…';
    };
    xhr.onerror = () => fail('Mất kết nối, tệp chưa được gửi. Hãy bấm gửi lại.');
    const bare = (address) => address.split('#')[0];
    xhr.onload = () => {
      const page = new DOMParser().parseFromString(xhr.responseText, 'text/html');
      if (xhr.status < 400) { if (bare(xhr.responseURL) === bare(location.href)) renew(form, page); else location.assign(xhr.responseURL); return; }
      fail((page.querySelector('[role=alert] li, [role=alert], main p')?.textContent ?? '').trim() || refused[xhr.status] || 'Tệp chưa được gửi. Hãy thử lại.');
    };
    xhr.send(new FormData(form));
  }
  function renew(form, page) { // the answer's messages and its part take the place of the part one works in; other text typed stays
    const here = form.closest('[data-part][id]');
    const fresh = here && page.getElementById(here.id);
    if (!fresh) { location.reload(); return; }
    fresh.prepend(...page.querySelectorAll('.flash'));
    for (const fold of fresh.querySelectorAll('details')) fold.open = true;
    for (const typed of here.querySelectorAll('form[id]')) if (dirty.has(typed)) fresh.querySelector(`#${CSS.escape(typed.id)}`)?.replaceWith(typed);
    here.replaceWith(fresh);
    for (const part of page.querySelectorAll('[data-live][id]')) document.getElementById(part.id)?.replaceWith(part);
    window.htmx?.process(fresh);
  }
})();
