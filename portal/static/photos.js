/* Photos of a visit (form[data-photos]): each is put on this device (IndexedDB) with a name of its own before it is sent,
   and leaves it only when the server has said that it holds it. So a day without a line loses none, and one that was
   sent twice is known by its name. Gone at sign-out and after 14 days; another person's are never shown or sent. */
(() => {
  'use strict';
  const { portal } = window;
  const { owner, on, $, make, say } = portal;
  const LIFE = 14 * 864e5;
  const PAUSES = [3, 8, 20, 45, 60];
  const line = $('[data-photos-all]');
  if (!owner || !window.indexedDB) return; // then the form is sent as any other
  let turn = 0, timer, running = false, out = false;

  /* ---- the box on this device ---- */
  const asked = (request) => new Promise((good, bad) => { request.onsuccess = () => good(request.result); request.onerror = () => bad(request.error); });
  const box = new Promise((good, bad) => {
    const opening = indexedDB.open('photos', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('photos', { keyPath: 'id' });
    opening.onsuccess = () => good(opening.result);
    opening.onerror = () => bad(opening.error);
  });
  async function within(mode, act) {
    const work = (await box).transaction('photos', mode);
    const done = new Promise((good, bad) => { work.oncomplete = good; work.onabort = work.onerror = () => bad(work.error); });
    const found = await asked(act(work.objectStore('photos')));
    await done; // kept is what is on the disk
    return found;
  }
  const put = (entry) => within('readwrite', (photos) => photos.put(entry));
  const drop = (id) => within('readwrite', (photos) => photos.delete(id));
  const mine = async () => (await within('readonly', (photos) => photos.getAll())).filter((entry) => entry.owner === owner).sort((one, other) => one.at - other.at);
  const nameOf = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

  /* ---- telling ---- */
  const formOf = (entry) => [...document.querySelectorAll('form[data-photos]')].find((form) => new URL(form.action).pathname === entry.path);
  async function tell() {
    const entries = await mine();
    portal.photosWaiting = entries.length; // signing out asks about them (saving.js)
    document.querySelectorAll('[data-photos-waiting]').forEach((list) => list.remove());
    for (const entry of entries) {
      const form = formOf(entry);
      if (!form) continue;
      let list = $('[data-photos-waiting]', form.parentElement);
      if (!list) {
        list = make('ul', { className: 'files' });
        list.dataset.photosWaiting = '';
        list.dataset.made = '';
        form.before(list);
      }
      const item = make('li', {}), name = make('span', { className: 'name', textContent: entry.name });
      name.append(make('span', { className: entry.refusal ? 'error' : 'muted', textContent: entry.refusal || 'giữ trên máy này, chờ gửi' }));
      item.append(make('span', { className: 'ext', textContent: 'ảnh' }), name);
      if (entry.refusal) {
        item.append(make('button', { type: 'button', className: 'btn btn-link', textContent: 'Gửi lại', onclick: async () => { delete entry.refusal; await put(entry); send(); } }));
        item.append(make('a', { className: 'btn btn-link', textContent: 'Lưu về máy', href: URL.createObjectURL(entry.blob), download: entry.name }));
        item.append(make('button', { type: 'button', className: 'btn btn-link', textContent: 'Bỏ', onclick: async () => { await drop(entry.id); tell(); } }));
      }
      list.append(item);
    }
    if (!line) return;
    const stuck = entries.filter((entry) => entry.refusal).length, waiting = entries.length - stuck;
    line.hidden = !entries.length;
    line.dataset.tone = stuck ? 'no' : 'wait';
    line.textContent = [waiting && `${running && navigator.onLine ? 'Đang gửi' : 'Chờ gửi'} ${waiting} ảnh`, stuck && `${stuck} ảnh cần xem lại`].filter(Boolean).join(' · ');
    const elsewhere = entries.filter((entry) => !formOf(entry) && entry.page !== location.pathname);
    if (elsewhere.length) line.append(' ', make('a', { href: elsewhere[0].page, textContent: 'Mở phiếu kia để gửi' }));
  }

  /* ---- keeping, then sending in order ---- */
  async function take(form) {
    const field = $('input[type=file]', form);
    const files = [...field.files];
    if (!files.length) { say('Chưa chọn ảnh nào.', 'wait'); return; }
    try {
      for (const file of files) {
        const blob = new Blob([await file.arrayBuffer()], { type: file.type }); // its own bytes: the camera's file may go
        await put({ id: nameOf(), owner, path: new URL(form.action).pathname, page: location.pathname, name: file.name, blob, at: Date.now() });
      }
    } catch { say('Máy này không giữ được ảnh (bộ nhớ đầy?). Ảnh chưa được gửi; xin gửi lại khi có mạng.', 'no'); return; }
    field.value = '';
    portal.dirty.delete(form);
    await tell();
    send();
  }
  on('change', ({ target }) => { if (target.type === 'file' && target.files.length && target.closest('form[data-photos]')) setTimeout(() => take(target.form)); });
  on('submit', (event) => {
    const form = event.target;
    if (!form.hasAttribute('data-photos') || event.defaultPrevented) return;
    event.preventDefault();
    portal.release(form);
    take(form);
  });
  function later(seconds = PAUSES[Math.min(turn, PAUSES.length - 1)]) {
    clearTimeout(timer);
    timer = setTimeout(send, seconds * 1000);
    turn += 1;
  }
  async function send() {
    clearTimeout(timer);
    if (running || out) return;
    const entries = (await mine()).filter((entry) => !entry.refusal && formOf(entry));
    if (!entries.length) { tell(); return; }
    running = true;
    const hindrance = await portal.whoIsThere(); // as whom the browser is signed in, with a fresh token
    if (hindrance) { running = false; if (hindrance === 'lost') later(); tell(); return; }
    tell();
    for (const entry of entries) {
      const body = new FormData();
      body.append('client_id', entry.id);
      body.append('file', entry.blob, entry.name);
      const answer = await fetch(entry.path, { method: 'POST', body, headers: { 'HX-Request': 'true', 'X-CSRFToken': portal.token }, redirect: 'error' }).catch(() => null);
      if (!answer || answer.status >= 500 || [400, 401, 429].includes(answer.status)) { later(); break; }
      turn = 0;
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('ul[id]');
        if (fresh) document.getElementById(fresh.id)?.replaceWith(document.adoptNode(fresh));
        await drop(entry.id);
        document.dispatchEvent(new CustomEvent('portal:saved'));
      } else {
        const told = answer.headers.get('X-Message');
        entry.refusal = told ? decodeURIComponent(told) : portal.refused[answer.status] ?? 'Chưa gửi được.';
        await put(entry);
      }
      await tell();
    }
    running = false;
    tell();
  }
  window.addEventListener('online', () => { turn = 0; send(); });
  on('portal:back', () => send());
  on('visibilitychange', () => { if (!document.hidden) send(); });
  on('submit', async (event) => { // signing out forgets what is kept here, after asking (saving.js)
    if (!('signOut' in event.target.dataset)) return;
    out = true;
    for (const entry of await mine()) drop(entry.id);
  });
  on('DOMContentLoaded', async () => {
    for (const entry of await within('readonly', (photos) => photos.getAll())) if (!(Date.now() - entry.at < LIFE)) await drop(entry.id);
    await tell();
    send();
  });
})();
