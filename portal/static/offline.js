/* An opened dossier stays at hand where the line is weak: this page puts a copy of itself, as last saved, into a cache
   of its person; worker.js shows it when the server cannot be reached. Copies of others, and all at sign-out or at the
   end of the session, are deleted; what is typed is kept apart from them (kept.js). No other page is ever kept. */
(() => {
  'use strict';
  const { portal } = window;
  const { owner, on, $, make, say } = portal;
  const { body } = document;
  const worker = $('meta[name="kept-page"]')?.content;
  const cannot = $('meta[name="kept-page"]')?.dataset.away ?? 'Chưa gửi được tệp, chưa ký và nộp được.';
  const isAway = Boolean($('meta[name="away-page"]'));
  const MOST = 6; // dossiers kept
  const PAGES = 'pages|';
  const able = 'caches' in window && 'serviceWorker' in navigator;
  const moment = (at) => `${at.toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit' })} ngày ${at.toLocaleDateString('vi-VN', { day: '2-digit', month: '2-digit', year: 'numeric' }).slice(0, 5)}`;

  /* ---- whose copies may stay ---- */
  async function forget(keep = '') {
    for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== keep) await caches.delete(name);
  }
  const fresh = Number(body.dataset.code) < 400 && !body.dataset.keptAt && !isAway; // the server itself says who is signed in
  if (able && fresh) forget(PAGES + owner);
  if (able && body.dataset.code === '401') forget();
  if (able) on('htmx:afterRequest', ({ detail }) => { if (detail.xhr.status === 401) forget(); });
  on('submit', (event) => {
    const form = event.target;
    if (!able || event.defaultPrevented || !('signOut' in form.dataset)) return;
    event.preventDefault();
    Promise.race([forget(), new Promise((late) => { setTimeout(late, 2000); })]).finally(() => form.submit());
  });

  /* ---- the copy of this page ---- */
  function copyOfThis() {
    const copy = document.documentElement.cloneNode(true); // attributes hold what is saved, not what is being typed
    copy.querySelectorAll('[data-made], .flash, .kept, .conflict, .sync').forEach((node) => node.remove());
    copy.querySelectorAll('[data-sync-all], [data-photos-all]').forEach((line) => { line.replaceChildren(); line.hidden = true; });
    copy.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = false; });
    copy.querySelectorAll('[data-busy], [aria-disabled]').forEach((node) => { delete node.dataset.busy; node.removeAttribute('aria-disabled'); });
    copy.querySelector('#save-status').textContent = '';
    copy.querySelector('dialog').removeAttribute('open');
    delete copy.querySelector('body').dataset.kept;
    copy.querySelector('body').dataset.keptAt = body.dataset.keptAt ?? new Date().toISOString();
    return `<!doctype html>${copy.outerHTML}`;
  }
  async function keepThis() {
    if (portal.kept.over()) return;
    const pages = await caches.open(PAGES + owner);
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'X-Kept-At': new Date().toISOString() };
    await pages.put(location.pathname, new Response(copyOfThis(), { headers })); // in one step: there is a copy at any moment
    const all = await Promise.all((await pages.keys()).map(async (request) => [(await pages.match(request)).headers.get('X-Kept-At'), request]));
    for (const [, request] of all.sort().slice(0, -MOST)) await pages.delete(request);
  }
  async function keepFiles() { // style, scripts, type: versioned by address, so one copy each and no older ones
    const wanted = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
      .filter((address) => address.origin === location.origin && address.pathname.startsWith('/static/'));
    const files = await caches.open('files');
    const have = (await files.keys()).map(({ url }) => new URL(url));
    const missing = wanted.filter((address) => !have.some(({ href }) => href === address.href));
    await Promise.all(missing.map((address) => files.add(address.href)));
    const outdated = have.filter((old) => missing.some(({ pathname }) => pathname === old.pathname));
    await Promise.all(outdated.map(({ href }) => files.delete(href)));
  }
  let soon;
  const told = () => { body.dataset.kept = new Date().toISOString(); };
  const keepSoon = (delay = 1500) => { clearTimeout(soon); soon = setTimeout(() => keepThis().then(told).catch(() => {}), delay); };
  if (able && worker && owner) {
    navigator.serviceWorker.register(worker, { scope: '/' }).catch(() => {});
    window.addEventListener('load', () => { if (!body.dataset.keptAt) document.fonts.ready.then(keepFiles).then(keepThis).then(told).catch(() => {}); });
    on('portal:saved', () => keepSoon());
    new MutationObserver(() => { if (!body.dataset.keptAt) keepSoon(3000); }).observe($('main'), { childList: true, subtree: true });
  }

  /* ---- saying where one is ---- */
  let banner;
  function show(tone, ...nodes) {
    if (!banner) {
      banner = make('div', { className: 'note', role: 'status' });
      banner.dataset.made = '';
      $('main').prepend(banner);
    }
    banner.hidden = !nodes.length;
    banner.className = `note note-${tone} line-state`;
    const text = make('div', {});
    text.append(...nodes);
    banner.replaceChildren(text);
  }
  const reload = (label) => make('button', { type: 'button', className: 'btn btn-link', textContent: label, onclick: () => location.reload() });
  const keptAt = body.dataset.keptAt && new Date(body.dataset.keptAt);
  if (keptAt) show('wait', make('b', { textContent: `Đang ngoại tuyến, bản lúc ${moment(keptAt)}.` }), ' Vẫn nhập tiếp được: nội dung giữ trên máy này và tự gửi khi có mạng. ', cannot, ' ', reload('Thử lại'));
  else if (worker) {
    const lineLost = () => show('wait', make('b', { textContent: 'Mất kết nối.' }), ' Vẫn nhập tiếp được: nội dung giữ trên máy này và tự gửi khi có mạng.');
    window.addEventListener('offline', lineLost);
    window.addEventListener('online', () => show('ok'));
    if (navigator.onLine === false) lineLost();
  }
  on('portal:back', () => { if (keptAt) show('info', make('b', { textContent: 'Đã có mạng lại.' }), ` Trang này là bản lúc ${moment(keptAt)}. `, reload('Mở bản mới nhất')); });

  /* ---- the page shown where nothing was kept ---- */
  async function list() {
    const place = $('[data-kept-pages]');
    for (const name of (await caches.keys()).filter((one) => one.startsWith(PAGES))) {
      const pages = await caches.open(name);
      for (const { url } of await pages.keys()) {
        const page = new DOMParser().parseFromString(await (await pages.match(url)).text(), 'text/html');
        const item = make('li', {});
        item.append(make('a', { href: new URL(url).pathname, textContent: page.title.split(' · ')[0] }), `, ${page.querySelector('.place b')?.textContent ?? ''}, bản lúc ${moment(new Date(page.body.dataset.keptAt))}`);
        place.append(item);
      }
    }
    place.hidden = !place.children.length;
    $('[data-kept-none]').hidden = place.children.length > 0;
  }
  if (isAway) {
    if (able) list();
    on('click', (event) => { if (event.target.closest('[data-again]')) location.reload(); });
    window.addEventListener('online', () => say('Đã có mạng lại. Hãy bấm Thử lại.')); // never by itself: somebody may be on the way elsewhere
  }
})();
