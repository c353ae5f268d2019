/* What the pages gain when the browser runs scripts; every page works without. Explained in templates/README.md.
   No inline code, no eval: events are met once, on the document. */
(() => {
  'use strict';
  const owner = document.body.dataset.owner;
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
  const statusLine = document.getElementById('save-status');
  const on = (type, act, capture = false) => document.addEventListener(type, act, capture);
  const $ = (selector, root = document) => root.querySelector(selector);
  const make = (tag, facts) => Object.assign(document.createElement(tag), facts);

  /* ---- one region says what became of the last save ---- */
  let fading, timer, turn = 0;
  function say(sentence, tone = 'ok', link = null) {
    clearTimeout(fading);
    statusLine.dataset.tone = tone;
    statusLine.textContent = sentence;
    if (link) statusLine.append(' ', make('a', { href: link[1], textContent: link[0] }));
    if (tone === 'ok') fading = setTimeout(() => { statusLine.textContent = ''; }, 6000);
  }
  const refused = {
    401: 'Phiên làm việc đã hết. Nội dung vừa nhập được giữ trong trình duyệt này.',
    403: 'Chưa lưu: vai trò hiện tại không được làm việc này.',
    404: 'Chưa lưu: mục này không còn. Hãy tải lại trang.',
    409: 'Chưa lưu: nội dung đã thay đổi hoặc đã khóa. Hãy xem lời giải thích tại mục vừa nhập.',
    413: 'Chưa gửi: nội dung hoặc tệp lớn quá mức cho phép.',
    422: 'Chưa lưu: có điều cần sửa tại mục vừa nhập.',
  };
  const lost = 'Chưa lưu được do kết nối. Nội dung được giữ trong trình duyệt này và sẽ tự gửi lại.';

  /* ---- text kept in the browser, one entry a form; never passwords, files or hidden fields ---- */
  const store = (box) => ({ // storage may be forbidden or full: then nothing is kept, and nothing breaks
    get(key) { try { return JSON.parse(box().getItem(key)); } catch { return null; } },
    set(key, value) { try { box().setItem(key, JSON.stringify(value)); } catch { /* see above */ } },
    drop(key) { try { box().removeItem(key); } catch { /* see above */ } },
    keys() { try { return Object.keys(box()); } catch { return []; } },
  });
  const kept = store(() => localStorage);
  const visit = store(() => sessionStorage);
  const isPost = (form) => form?.method === 'post';
  const keeps = (form) => owner && isPost(form) && (form.hasAttribute('data-keep') || form.hasAttribute('hx-post'));
  const keyOf = (form) => `kept|${owner}|${new URL(form.getAttribute('hx-post') || form.action, location.href).pathname}|${form.id}`;
  const isTick = (field) => /^(checkbox|radio)$/.test(field.type);
  const nameOf = (field) => (isTick(field) ? `${field.name}=${field.value}` : field.name);
  const valueOf = (field) => (isTick(field) ? field.checked : field.value);
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches('input, textarea, select')
    && !/^(hidden|password|file|submit)$/.test(field.type) && field.autocomplete !== 'one-time-code');
  const keep = (form) => keeps(form)
    && kept.set(keyOf(form), { at: Date.now(), values: fieldsOf(form).map((field) => [nameOf(field), valueOf(field)]) });
  function offer(form) {
    const entry = kept.get(keyOf(form));
    const values = new Map(entry?.values);
    const changed = fieldsOf(form).filter((field) => values.has(nameOf(field)) && values.get(nameOf(field)) !== valueOf(field));
    if (!changed.length || Date.now() - entry.at > 14 * 864e5) { kept.drop(keyOf(form)); return; }
    const bar = make('div', { className: 'kept' });
    const button = (label, act) => {
      const onclick = () => { bar.remove(); kept.drop(keyOf(form)); act(); };
      return make('button', { type: 'button', className: 'btn btn-sm btn-outline-primary', textContent: label, onclick });
    };
    bar.append(make('span', { textContent: `Có nội dung chưa lưu từ ${new Date(entry.at).toLocaleString('vi-VN', { dateStyle: 'short', timeStyle: 'short' })}.` }),
      button('Khôi phục nội dung chưa lưu', () => changed.forEach((field) => {
        if (isTick(field)) field.checked = values.get(nameOf(field)); else field.value = values.get(nameOf(field));
        for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
      })), button('Bỏ', () => {}));
    form.prepend(bar);
  }

  /* ---- saving parts of a page by htmx: token, announcement by status code, another try when the line is lost ---- */
  const dirty = new Set();
  const waiting = new Map();
  const pauses = [3, 8, 20, 45];
  const writes = (event) => event.detail.requestConfig?.verb !== 'get';
  function again() {
    clearTimeout(timer);
    const tries = [...waiting];
    waiting.clear();
    for (const [source, sent] of tries) if (source.isConnected) htmx.ajax(sent.verb, sent.path, { source });
  }
  function later(event, seconds = pauses[Math.min(turn, pauses.length - 1)]) {
    waiting.set(event.detail.elt, event.detail.requestConfig);
    clearTimeout(timer);
    timer = setTimeout(again, seconds * 1000);
    turn += 1;
    say(lost, 'wait');
  }
  on('htmx:configRequest', (event) => { event.detail.headers['X-CSRFToken'] = token; });
  on('htmx:beforeRequest', (event) => { if (writes(event)) keep(event.detail.elt.closest('form')); });
  on('htmx:beforeSwap', (event) => { if (/^\s*(<!doctype|<html)/i.test(event.detail.serverResponse)) event.detail.shouldSwap = false; });
  on('htmx:afterRequest', (event) => {
    const { xhr, elt } = event.detail;
    const form = elt.closest('form');
    if (!writes(event) || !xhr.status) return;
    const [told, at] = ['X-Message', 'X-Saved-At'].map((name) => xhr.getResponseHeader(name));
    if (xhr.status >= 500 || xhr.status === 429) { later(event, Number(xhr.getResponseHeader('Retry-After')) || undefined); return; }
    turn = 0;
    if (xhr.status < 400 && form) { dirty.delete(form); kept.drop(keyOf(form)); }
    const plain = xhr.status < 400 ? `Đã lưu${at ? ` lúc ${at}` : ''}.` : refused[xhr.status] ?? 'Chưa lưu được. Hãy tải lại trang.';
    say(told ? decodeURIComponent(told) : plain, xhr.status < 400 ? 'ok' : 'no', xhr.status === 401 ? ['Đăng nhập lại', location.href] : null);
  });
  for (const type of ['htmx:sendError', 'htmx:timeout']) on(type, (event) => { if (writes(event)) later(event); });
  window.addEventListener('online', again);

  /* ---- leaving with unsaved text; sending once ---- */
  on('input', ({ target }) => { if (isPost(target.form) && !target.form.hasAttribute('data-no-warning')) dirty.add(target.form); });
  window.addEventListener('beforeunload', (event) => { if ([...dirty].some((form) => form.isConnected)) event.preventDefault(); });
  on('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isPost(form) || form.hasAttribute('hx-post')) return;
    if (form.dataset.busy) { event.preventDefault(); return; }
    if ('signOut' in form.dataset) kept.keys().filter((key) => key.startsWith('kept|')).forEach(kept.drop);
    form.dataset.busy = 'yes';
    event.submitter?.setAttribute('aria-disabled', 'true');
    setTimeout(() => release(form), 10000); // an answer that is a file leaves the page where it is
    dirty.delete(form);
    if (keeps(form)) { keep(form); visit.set('sent', { key: keyOf(form), from: location.pathname }); }
  });
  function release(form) {
    delete form.dataset.busy;
    form.querySelectorAll('[aria-disabled]').forEach((button) => button.removeAttribute('aria-disabled'));
  }
  window.addEventListener('pageshow', () => document.querySelectorAll('form[data-busy]').forEach(release));

  /* ---- for scripts of single pages (uploads.js …), loaded after this one ---- */
  window.portal = { owner, token, say, refused, dirty, release, make, store };

  /* ---- asking first, copying, printing, keys, menus ---- */
  const dialog = document.getElementById('confirm');
  on('click', (event) => {
    const button = event.target.closest('[data-confirm]');
    if (!button || button.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const go = () => { button.dataset.sure = 'yes'; button.click(); delete button.dataset.sure; };
    if (!dialog?.showModal) { if (window.confirm(button.dataset.confirm)) go(); return; }
    $('p', dialog).textContent = button.dataset.confirm;
    $('[value=yes]', dialog).textContent = button.textContent.trim();
    dialog.returnValue = 'no';
    dialog.onclose = () => { if (dialog.returnValue === 'yes') go(); else button.focus(); };
    dialog.showModal();
  }, true);
  on('click', async (event) => {
    document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = menu.contains(event.target); });
    const button = event.target.closest('[data-copy], [data-print], [data-keys-switch]');
    if (!button) return;
    if ('print' in button.dataset) window.print();
    if ('copy' in button.dataset) await navigator.clipboard?.writeText(button.dataset.copy).then(() => say('Đã chép.'), () => say('Trình duyệt không cho chép. Hãy chọn và chép bằng tay.', 'wait'));
    if ('keysSwitch' in button.dataset) { if (kept.get('keys-off')) kept.drop('keys-off'); else kept.set('keys-off', true); nameSwitch(button); }
  });
  const nameSwitch = (button) => { button.textContent = kept.get('keys-off') ? 'Bật phím tắt' : 'Tắt phím tắt'; };
  on('keydown', (event) => {
    if (event.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = false; $('summary', menu).focus(); });
    const strong = event.ctrlKey || event.metaKey;
    if (event.altKey || event.isComposing || dialog?.open || kept.get('keys-off') || (!strong && event.target.matches('input, textarea, select'))) return;
    const target = $(`[data-key="${CSS.escape((strong ? 'ctrl+' : '') + event.key.toLowerCase())}"]`);
    if (target) { event.preventDefault(); if (target.matches('input, textarea, select')) target.focus(); else target.click(); }
  });

  /* ---- when the page has come ---- */
  const sent = visit.get('sent');
  visit.drop('sent');
  if (sent && owner && Number(document.body.dataset.code) < 400 && (sent.from !== location.pathname || $('.flash.note-ok'))) kept.drop(sent.key);
  document.querySelectorAll('form').forEach((form) => { if (keeps(form)) offer(form); });
  $('[data-focus]')?.focus();
  for (const here of document.querySelectorAll('.rooms [aria-current], .counts [aria-current]')) here.parentElement.scrollLeft = here.offsetLeft - 48;
  if ($('[data-key]')) { $('[data-keys-switch]').hidden = false; nameSwitch($('[data-keys-switch]')); }
})();
