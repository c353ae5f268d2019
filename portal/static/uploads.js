/* Sending files: size before sending, progress while sending; in parts where the form says so (data-parts), so that a lost
   line, a reload or another day continues where it stopped. Comes after app.js; without scripts the form is sent plainly.
   No inline code, no eval: events are met once, on the document. */
(() => {
  'use strict';
  const { portal } = window; // its token changes when somebody signs in anew
  const { owner, on, $, say, refused, dirty, release, make, device } = portal;
  const megabytes = (n) => (n / 1048576).toLocaleString('vi-VN', { maximumFractionDigits: 2 }) + ' MB';

  function complain(field, sentence, loud = true) {
    const place = $('[data-message]', field.form) ?? field.parentElement.insertBefore(make('p', { className: 'error' }), field);
    Object.assign(place, { hidden: !sentence, textContent: sentence, className: loud ? 'error' : 'hint' });
    place.dataset.message = '';
    if (sentence && loud) say(sentence, 'no');
  }
  on('change', ({ target }) => {
    if (target.type !== 'file' || !target.dataset.maxBytes) return;
    const most = Number(target.dataset.maxBytes);
    const big = [...target.files].find((file) => file.size > most);
    complain(target, big ? `Tệp “${big.name}” nặng ${megabytes(big.size)}, quá mức ${megabytes(most)}. Hãy chọn tệp nhỏ hơn.` : '');
    if (big) target.value = '';
  });
  on('submit', (event) => { // app.js has met it first, and stops a second press
    const form = event.target;
    if (event.defaultPrevented || !form.hasAttribute('data-upload') || !window.FormData) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    const files = [...($('input[type=file]', form)?.files ?? [])];
    if (form.dataset.parts && files.length && window.fetch) inParts(form, files); else upload(form, new FormData(form));
  });
  const lineOf = (form) => $('.progress-line', form) ?? make('div', { innerHTML: '<progress max="100"></progress><span></span>' });
  function show(form, part, whole, words) {
    const line = lineOf(form);
    line.hidden = false;
    $('progress', line).value = whole ? 100 * part / whole : 0;
    $('span', line).textContent = words;
  }
  function fail(form, sentence) {
    lineOf(form).hidden = true;
    delete form.dataset.sending;
    release(form);
    complain($('input[type=file]', form), sentence);
  }

  /* ---- in parts: begun by name and size, continued at the offset the server tells, finished by the form itself ---- */
  const FIRST = 262144, LARGEST = 917504, SLOW = 8000, QUICK = 1500;
  const pauses = [1, 3, 8, 20, 30];
  const keyOf = (form) => `sending|${owner}|${new URL(form.action, location.href).pathname}`;
  const markOf = (file) => `${file.name}|${file.size}|${file.lastModified}`;
  const until = (seconds) => new Promise((go) => { // a moment, or the line coming back, whichever is first
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener('online', done);
    function done() { clearTimeout(timer); window.removeEventListener('online', done); go(); }
  });
  async function ask(address, options, onLost) { // again and again until there is an answer; the answer's own no is an error
    for (let turn = 0; ; turn += 1) {
      try {
        const answer = await fetch(address, { ...options, headers: { 'X-CSRFToken': portal.token, ...options.headers } });
        if (answer.status < 500 && answer.status !== 429) {
          const told = await answer.json().catch(() => ({}));
          if (!answer.ok && answer.status !== 409) throw Object.assign(new Error(), { sentence: told.sentence || refused[answer.status] });
          if (answer.status === 409 && told.sentence) throw Object.assign(new Error(), { sentence: told.sentence });
          return told;
        }
      } catch (error) { if ('sentence' in error) throw error; }
      onLost();
      await until(pauses[Math.min(turn, pauses.length - 1)]);
    }
  }
  async function sendFile(form, file, before, total) {
    const said = (received) => `${megabytes(before + received)} / ${megabytes(total)}`;
    let at = 0, size = FIRST;
    const lost = () => { size = FIRST; show(form, before + at, total, `Mất kết nối, đang chờ để gửi tiếp (${said(at)}).`); };
    const body = new URLSearchParams({ name: file.name, size: file.size, mark: markOf(file) });
    const state = await ask(form.dataset.parts, { method: 'POST', body }, lost);
    at = state.received;
    show(form, before + at, total, at ? `Gửi tiếp từ ${said(at)}` : said(at));
    while (at < file.size) {
      const started = Date.now();
      const headers = { 'Upload-Offset': at, 'Content-Type': 'application/offset+octet-stream' };
      const told = await ask(state.url, { method: 'PATCH', body: file.slice(at, at + size), headers }, lost);
      const took = Date.now() - started;
      size = took < QUICK ? Math.min(size * 2, LARGEST) : took > SLOW ? Math.max(size / 2, 65536) : size;
      at = told.received;
      show(form, before + at, total, at < file.size || before + at < total ? said(at) : 'Đang kiểm tra tệp…');
    }
    return state.id;
  }
  async function inParts(form, files) {
    form.dataset.sending = 'yes';
    complain($('input[type=file]', form), '');
    device.set(keyOf(form), { at: Date.now(), names: files.map((file) => file.name) });
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const data = new FormData(form);
    data.delete($('input[type=file]', form).name);
    let before = 0;
    try {
      for (const file of files) {
        data.append('sent', await sendFile(form, file, before, total));
        before += file.size;
      }
    } catch (error) {
      if (!('sentence' in error)) throw error;
      device.drop(keyOf(form));
      fail(form, error.sentence || 'Tệp chưa được gửi. Hãy thử lại.');
      return;
    }
    upload(form, data);
  }
  for (const form of document.querySelectorAll('form[data-parts]')) { // what a reload interrupted
    const entry = device.get(keyOf(form));
    if (!entry || Date.now() - entry.at > 3 * 864e5) { device.drop(keyOf(form)); continue; }
    complain($('input[type=file]', form), `Đang gửi dở ${entry.names.map((name) => `“${name}”`).join(', ')}. Chọn lại đúng tệp đó rồi bấm gửi: phần đã gửi được giữ và gửi tiếp.`, false);
    const fold = form.closest('details:not([open])');
    if (fold) fold.open = true;
  }

  function upload(form, data, turn = 0) {
    const xhr = new XMLHttpRequest();
    form.dataset.sending = 'yes';
    xhr.open('POST', form.action);
    xhr.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      show(form, event.loaded, event.total, event.loaded < event.total ? `${megabytes(event.loaded)} / ${megabytes(event.total)}` : 'Đang kiểm tra tệp…');
    };
    xhr.onerror = () => { // files that came in parts are safe: only their last word is said again
      if (!data.has('sent')) { fail(form, 'Mất kết nối, tệp chưa được gửi. Hãy bấm gửi lại.'); return; }
      show(form, 1, 1, 'Mất kết nối, đang chờ để gửi tiếp…');
      until(pauses[Math.min(turn, pauses.length - 1)]).then(() => upload(form, data, turn + 1));
    };
    const bare = (address) => address.split('#')[0];
    xhr.onload = () => {
      device.drop(keyOf(form));
      delete form.dataset.sending;
      const page = new DOMParser().parseFromString(xhr.responseText, 'text/html');
      if (xhr.status < 400) { if (bare(xhr.responseURL) === bare(location.href)) renew(form, page); else location.assign(xhr.responseURL); return; }
      const said = ['[role=alert] li', '[role=alert]', 'main p'].map((part) => page.querySelector(part)).find(Boolean);
      fail(form, (said?.textContent ?? '').trim() || refused[xhr.status] || 'Tệp chưa được gửi. Hãy thử lại.');
    };
    if (data.has('csrf_token')) data.set('csrf_token', portal.token);
    xhr.send(data);
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
