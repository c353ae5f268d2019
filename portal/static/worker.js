/* Service worker: the network first, always. Without an answer it shows the copy of a dossier or checklist that offline.js kept, and
   for any other page one that says so. It writes nothing but its own page; it never touches what is sent. */
'use strict';
const AWAY = '/ngoai-tuyen';
const DOSSIER = /^\/ho-so\/\d+$|^\/huyen\/kiem-tra\/\d+\/phieu$/; // a unit's form; the checklist of a visit
const LIFE = 7 * 864e5; // as long as a sign-in can last
const PATIENCE = { true: 12000, false: 2000 }; // how long a line may take before the copy is shown, by what the browser says of it

self.addEventListener('install', (event) => {
  const page = new Request(AWAY, { credentials: 'omit', cache: 'reload' });
  event.waitUntil(caches.open('files').then((files) => files.add(page)).then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function keptPage(path) {
  for (const name of await caches.keys()) {
    if (!name.startsWith('pages|')) continue;
    const pages = await caches.open(name);
    const found = await pages.match(path);
    if (!found) continue;
    if (!(Date.now() - new Date(found.headers.get('X-Kept-At')) < LIFE)) { await pages.delete(path); continue; }
    return found;
  }
  return null;
}
async function away(status = 200) {
  const page = await (await caches.open('files')).match(AWAY);
  return page ? new Response(page.body, { status, headers: page.headers }) : Response.error();
}
async function asKept(found) { // under the same policy as every page of the site
  const headers = new Headers((await away()).headers);
  headers.set('Content-Type', 'text/html; charset=utf-8');
  return new Response(found.body, { headers });
}
async function dossier(request, path) {
  const found = await keptPage(path);
  const network = fetch(request);
  if (!found) return network.catch(() => away());
  network.catch(() => {}); // told below, or too late to matter
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE[self.navigator.onLine] ?? PATIENCE.true); });
  const answer = await Promise.race([network.catch(() => null), late]);
  return answer && ![502, 503, 504].includes(answer.status) ? answer : asKept(found);
}
async function file(request) {
  const files = await caches.open('files');
  const found = await files.match(request);
  return found ?? fetch(request).catch(async (reason) => (await files.match(request, { ignoreSearch: true })) ?? Promise.reject(reason));
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(DOSSIER.test(pathname) ? dossier(request, pathname) : fetch(request).catch(() => away()));
  else if (pathname.startsWith('/static/')) event.respondWith(file(request));
});
