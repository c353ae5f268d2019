/* Forms that save by themselves (hx-post): what became of each, told in its place and in one line for all; what could
   not be sent waits in order on this device (kept.js) and is sent when there is a line and somebody is signed in.
   States of a form: waiting · sending · done · conflict (two people's texts) · mend (422) · shut (closed meanwhile). */
(() => {
  'use strict';
  const { portal } = window;
  const { kept, owner, on, $, make, say, refused } = portal;
  const NOW = '/phien'; // as whom the browser is signed in, and the token of that session
  const PAUSES = [3, 8, 20, 45, 60];
  const line = $('[data-sync-all]');
  const states = new Map(); // by form id
  const flights = new Map(); // what was sent, by form id
  const waiters = new Map(); // who waits for an answer, by form id
  let turn = 0, timer, running = false, hindrance = ''; // hindrance: '', 'out' (sign in again), 'other' (another account)
  const formOf = (event) => (event.detail.requestConfig?.verb === 'get' ? null : (event.detail.requestConfig?.elt ?? event.detail.elt).closest('form')); // the element itself may be gone with the answer
  const live = (form) => document.getElementById(form.id) ?? form;
  let reached = false; // some machines say that they have no line and have one: an answer counts for more
  const offline = () => navigator.onLine === false && !reached;
  const clock = () => new Date().toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit' });
  const signIn = () => `/dang-nhap?tiep=${encodeURIComponent(location.pathname)}`;

  /* ---- telling ---- */
  const WORDS = { waiting: ['Đang chờ gửi', 'wait'], sending: ['Đang gửi…', 'wait'], done: ['Đã gửi', 'ok'], conflict: ['Xung đột: xin chọn nội dung giữ lại', 'no'],
    mend: ['Chưa lưu: có điều cần sửa', 'no'], shut: ['Chưa lưu: mục này đã khóa. Nội dung vẫn ở đây để chép', 'no'] };
  function mark(form, state, at = '') {
    states.set(form.id, { state, at });
    const buttons = [...live(form).querySelectorAll('.buttons')].filter((row) => !row.closest('.conflict')).pop();
    const place = live(form).querySelector('[data-sync]') ?? make('span', { className: 'sync' });
    place.dataset.sync = state;
    place.dataset.tone = WORDS[state][1];
    place.textContent = WORDS[state][0] + (at ? ` lúc ${at}` : '');
    if (!place.isConnected) (buttons ?? live(form)).append(place);
    tell();
  }
  function tell() {
    const ids = (...wanted) => [...states].filter(([id, one]) => wanted.includes(one.state) && document.getElementById(id)).map(([id]) => id);
    const [waiting, conflict, mend, shut, done] = [ids('waiting', 'sending'), ids('conflict'), ids('mend'), ids('shut'), ids('done')];
    const out = document.querySelector('form[data-sign-out] button');
    if (out) { // signing out forgets what is kept here: not without asking
      const left = kept.entries().filter(([, entry]) => entry.page).length + (portal.photosWaiting ?? 0);
      if (left) out.dataset.confirm = `Còn ${left} mục đã nhập trên máy này chưa gửi. Đăng xuất sẽ xóa các mục đó.`; else delete out.dataset.confirm;
    }
    if (!line) return;
    const link = (text, id) => make('a', { href: `#${id}`, textContent: text });
    const parts = [];
    if (hindrance === 'out') parts.push(make('a', { href: signIn(), textContent: `Đăng nhập lại để gửi${waiting.length ? ` (${waiting.length})` : ''}` }));
    else if (hindrance === 'other') parts.push('Máy này đang đăng nhập bằng tài khoản khác nên chưa gửi.');
    else if (waiting.length) parts.push(ids('sending').length && !offline() ? `Đang gửi (${waiting.length})…` : `${offline() ? 'Ngoại tuyến · đang' : 'Đang'} chờ gửi (${waiting.length})`);
    if (conflict.length) parts.push(link(`Xung đột (${conflict.length})`, conflict[0]));
    if (mend.length) parts.push(link(`Cần sửa (${mend.length})`, mend[0]));
    if (shut.length) parts.push(link(`Không gửi được (${shut.length}): đã khóa`, shut[0]));
    const last = done.map((id) => states.get(id).at).sort().pop();
    if (!parts.length && last) parts.push(`Đã gửi hết lúc ${last}`);
    line.hidden = !parts.length;
    line.dataset.tone = conflict.length || mend.length || shut.length || hindrance ? 'no' : waiting.length ? 'wait' : 'ok';
    line.replaceChildren(...parts.flatMap((part, n) => (n ? [' · ', part] : [part])));
    portal.clearOfBar();
  }
  on('click', (event) => { // from the line to the form, its fold opened
    const id = event.target.closest('[data-sync-all] a[href^="#"]')?.getAttribute('href').slice(1);
    if (id) document.getElementById(id)?.closest('details')?.setAttribute('open', '');
  });

  /* ---- sending ---- */
  function answered(form) { waiters.get(form.id)?.(); waiters.delete(form.id); flights.delete(form.id); }
  function later(form, seconds = PAUSES[Math.min(turn, PAUSES.length - 1)]) {
    if (form) { mark(form, 'waiting'); answered(form); say('Chưa lưu được do kết nối. Nội dung được giữ trong trình duyệt này và sẽ tự gửi lại.', 'wait'); }
    clearTimeout(timer);
    timer = setTimeout(sync, seconds * 1000);
    turn += 1;
  }
  on('htmx:configRequest', (event) => { event.detail.headers['X-CSRFToken'] = portal.token; });
  on('htmx:beforeRequest', (event) => {
    const form = formOf(event);
    if (!form) return;
    const choosing = event.detail.requestConfig.formData?.has('choice');
    const before = kept.read(form)?.tried;
    kept.keep(form);
    if (offline() || hindrance) { event.preventDefault(); mark(form, choosing ? 'conflict' : 'waiting'); answered(form); if (!hindrance) later(null); return; }
    const values = kept.valuesOf(form);
    if (before && !choosing && !kept.same(before, values)) { event.preventDefault(); settle(form, before); return; }
    kept.keep(form, { tried: values });
    flights.set(form.id, { values, theirs: event.detail.requestConfig.formData?.get('choice') === 'theirs' });
    mark(form, 'sending');
  });
  on('htmx:beforeSwap', (event) => { if (/^\s*(<!doctype|<html)/i.test(event.detail.serverResponse)) event.detail.shouldSwap = false; });
  on('htmx:beforeOnLoad', (event) => { // the page may be left at once: the other's text was chosen, ours is done with
    const form = formOf(event);
    if (form && event.detail.xhr.status < 400 && flights.get(form.id)?.theirs) { kept.drop(kept.keyOf(form)); portal.dirty.delete(form); }
  });
  on('htmx:afterRequest', (event) => {
    const { xhr } = event.detail;
    const form = formOf(event);
    if (!form || !xhr.status) return;
    if (xhr.status >= 500 || xhr.status === 429) { later(form, Number(xhr.getResponseHeader('Retry-After')) || undefined); return; }
    if (xhr.status === 400) { mark(form, 'waiting'); answered(form); if (!running) later(null); return; } // another session's token
    turn = 0;
    const [told, at] = ['X-Message', 'X-Saved-At'].map((name) => xhr.getResponseHeader(name));
    const good = xhr.status < 400;
    const clash = xhr.status === 409 && live(form).querySelector('.conflict'); // an alert of its own
    if (!clash) say(told ? decodeURIComponent(told) : good ? `Đã lưu${at ? ` lúc ${at}` : ''}.` : refused[xhr.status] ?? 'Chưa lưu được. Hãy tải lại trang.',
      good ? 'ok' : 'no', xhr.status === 401 ? ['Đăng nhập lại', signIn()] : null);
    if (good) done(form, at ?? clock());
    else if (xhr.status === 401) { hindrance = 'out'; mark(form, 'waiting'); answered(form); return; }
    else mark(form, xhr.status === 422 ? 'mend' : clash ? 'conflict' : 'shut');
    if (!good) kept.keep(form, { tried: undefined });
    answered(form);
  });
  for (const type of ['htmx:sendError', 'htmx:timeout']) on(type, (event) => { const form = formOf(event); if (form) later(form); });
  function done(form, at) {
    const { values, theirs } = flights.get(form.id) ?? { values: kept.valuesOf(form) };
    const now = live(form);
    if (!theirs) kept.nowStored(now, values);
    if (theirs || !kept.changed(now)) { kept.drop(kept.keyOf(form)); portal.dirty.delete(form); mark(now, 'done', at); }
    else { kept.keep(now, { base: kept.marksOf(now), tried: undefined }); states.delete(form.id); tell(); } // typed on meanwhile
    document.dispatchEvent(new CustomEvent('portal:saved'));
  }
  /* An answer was lost on the way and more was typed since: what was sent before goes first, so that our own text
     does not stand against us; then the form itself, on the version that came of it. */
  async function settle(form, before) {
    const body = new URLSearchParams(kept.read(form).base);
    for (const [name, value] of before) if (typeof value !== 'boolean') body.append(name, value); else if (value) body.append(...name.split('='));
    const answer = await fetch(form.getAttribute('hx-post'), { method: 'POST', body, headers: { 'HX-Request': 'true', 'X-CSRFToken': portal.token } }).catch(() => null);
    if (!answer || answer.status >= 500) { later(form); return; }
    if (answer.status !== 401 && answer.status !== 400) kept.keep(form, { tried: undefined });
    if (answer.ok) {
      const part = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const fresh of part.querySelectorAll('[hx-swap-oob][id]')) form.querySelector(`#${CSS.escape(fresh.id)}`)?.replaceWith(document.adoptNode(fresh));
      kept.keep(form, { base: kept.marksOf(form) });
    }
    if (answer.status === 401) { hindrance = 'out'; mark(form, 'waiting'); answered(form); } else if (answer.status === 400) later(form, 0); else htmx.trigger(form, 'submit');
  }

  /* ---- when there is a line again: who is signed in, then everything that waits, in the order it was typed ---- */
  async function whoIsThere() {
    try {
      const answer = await fetch(NOW, { cache: 'no-store', headers: { Accept: 'application/json' }, signal: AbortSignal.timeout?.(20000) });
      if (!answer.ok) return 'lost';
      const now = await answer.json();
      if (now.owner !== owner) return now.owner ? 'other' : 'out';
      portal.token = now.token;
      return '';
    } catch { return 'lost'; }
  }
  const since = (form) => kept.read(form)?.since ?? 0;
  const standing = (...wanted) => [...document.querySelectorAll('form[hx-post]')].filter((form) => wanted.includes(states.get(form.id)?.state) && kept.read(form)).sort((one, other) => since(one) - since(other));
  const send = (form) => new Promise((resolve) => { waiters.set(form.id, resolve); setTimeout(resolve, 60000); htmx.trigger(form, 'submit'); });
  async function sync() {
    clearTimeout(timer);
    if (running || kept.over()) return;
    if (!hindrance && !standing('waiting').length && !document.body.dataset.keptAt) return;
    running = true;
    const found = await whoIsThere();
    reached = found !== 'lost';
    if (found === 'lost') { running = false; later(null); tell(); return; }
    hindrance = found;
    tell();
    let sent = 0;
    if (!hindrance) {
      document.dispatchEvent(new CustomEvent('portal:back'));
      const refusedBefore = standing('mend');
      for (const form of standing('waiting')) { await send(form); sent += states.get(form.id)?.state === 'done'; }
      if (sent) for (const form of standing('mend').filter((one) => !refusedBefore.includes(one))) await send(form); // what stood in the way may be saved now
    }
    running = false;
    if (!hindrance && standing('waiting').length) later(null);
  }
  window.addEventListener('online', () => { turn = 0; sync(); });
  window.addEventListener('offline', () => { reached = false; tell(); });
  on('visibilitychange', () => { if (!document.hidden && (hindrance || standing('waiting').length)) sync(); });
  portal.sync = sync;
  portal.whoIsThere = whoIsThere;

  /* ---- what was typed on this device before ---- */
  const waitAgain = (form) => { if (kept.restore(form)) { mark(form, 'waiting'); return true; } return false; };
  on('htmx:afterProcessNode', ({ target }) => { if (ready && target.matches?.('form[hx-post]') && !flights.has(target.id) && waitAgain(target)) setTimeout(sync, 400); });
  let ready = false;
  on('DOMContentLoaded', () => {
    if (!owner || Number(document.body.dataset.code) >= 400) return;
    const here = [...document.querySelectorAll('form[hx-post]')].filter(waitAgain);
    const left = kept.entries().filter(([key, entry]) => entry.page && !here.some((form) => kept.keyOf(form) === key));
    const main = $('main'), head = $('.head', main);
    const note = (tone, ...nodes) => { const text = make('div', {}); text.append(...nodes); const box = make('div', { className: `note note-${tone}` }); box.dataset.made = ''; box.append(text); if (head) head.after(box); else main.prepend(box); };
    const elsewhere = [...new Set(left.filter(([, entry]) => entry.page !== location.pathname).map(([, entry]) => entry.page))];
    if (elsewhere.length) note('wait', 'Có nội dung nhập trên máy này chưa gửi. ', ...elsewhere.flatMap((page) => [make('a', { href: page, textContent: 'Mở hồ sơ để gửi' }), ' ']));
    const stranded = left.filter(([, entry]) => entry.page === location.pathname);
    if (stranded.length) note('no', make('b', { textContent: 'Nội dung nhập trên máy này chưa gửi được.' }),
      ` Mục đã khóa: hồ sơ đang ở trạng thái “${$('.line .state')?.textContent.trim() ?? ''}”, hoặc mục không còn áp dụng. Nội dung giữ ở đây để chép.`, strandedList(stranded));
    tell();
    if (here.length) say(`Đã khôi phục ${here.length} mục nhập trước đây trên máy này và đang gửi.`, 'wait');
    if (here.length || document.body.dataset.keptAt) sync();
    ready = true;
  });
  function strandedList(rows) {
    const list = make('ul', { className: 'unsent' });
    for (const [key, entry] of rows) {
      const item = make('li', {});
      const copy = make('button', { type: 'button', className: 'btn btn-sm btn-outline-primary', textContent: 'Chép' });
      copy.dataset.copy = entry.words;
      const away = make('button', { type: 'button', className: 'btn btn-sm btn-link', textContent: 'Bỏ', onclick: () => { kept.drop(key); item.remove(); tell(); } });
      item.append(make('b', { textContent: entry.label }), ` (nhập ${kept.moment(entry.at)})`, make('p', { className: 'text', textContent: entry.words || '(trống)' }), copy, ' ', away);
      list.append(item);
    }
    return list;
  }
})();
