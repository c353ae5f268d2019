/* What every page gains when the browser runs scripts; every page works without. Explained in templates/README.md.
   First of our scripts: the others take their tools from `window.portal`. No inline code, no eval: events are met
   once, on the document. */
(() => {
  'use strict';
  const owner = document.body.dataset.owner;
  const statusLine = document.getElementById('save-status');
  const on = (type, act, capture = false) => document.addEventListener(type, act, capture);
  const $ = (selector, root = document) => root.querySelector(selector);
  const make = (tag, facts) => Object.assign(document.createElement(tag), facts);
  const isPost = (form) => form?.method === 'post';
  const store = (box) => ({ // storage may be forbidden or full: then nothing is kept, and nothing breaks
    get(key) { try { return JSON.parse(box().getItem(key)); } catch { return null; } },
    set(key, value) { try { box().setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop(key) { try { box().removeItem(key); } catch { /* see above */ } },
    keys() { try { return Object.keys(box()); } catch { return []; } },
  });
  const device = store(() => localStorage);

  /* ---- one region says what became of the last act ---- */
  let fading;
  function say(sentence, tone = 'ok', link = null) {
    clearTimeout(fading);
    statusLine.dataset.tone = tone;
    statusLine.textContent = sentence;
    if (link) statusLine.append(' ', make('a', { href: link[1], textContent: link[0] }));
    const seconds = tone === 'ok' ? 6 : $('[data-sync-all]') ? 10 : 0; // a page with a line for all says there what lasts
    if (seconds) fading = setTimeout(() => { statusLine.textContent = ''; }, seconds * 1000);
  }
  const refused = {
    401: 'Phiên làm việc đã hết. Nội dung vừa nhập được giữ trong trình duyệt này.',
    403: 'Chưa lưu: vai trò hiện tại không được làm việc này.',
    404: 'Chưa lưu: mục này không còn. Hãy tải lại trang.',
    409: 'Chưa lưu: nội dung đã thay đổi hoặc đã khóa. Hãy xem lời giải thích tại mục vừa nhập.',
    413: 'Chưa gửi: nội dung hoặc tệp lớn quá mức cho phép.',
    422: 'Chưa lưu: có điều cần sửa tại mục vừa nhập.',
  };

  /* ---- leaving with unsaved text; sending once ---- */
  const dirty = new Set();
  on('input', ({ target }) => { if (isPost(target.form) && !target.form.hasAttribute('data-no-warning')) dirty.add(target.form); });
  window.addEventListener('beforeunload', (event) => {
    if ([...dirty].some((form) => form.isConnected && !portal.safe(form))) event.preventDefault();
  });
  on('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isPost(form) || form.hasAttribute('hx-post')) return;
    if (form.dataset.busy) { event.preventDefault(); return; }
    if (navigator.onLine === false && !form.dataset.insists) { // the browser may be wrong: a second press is sent
      form.dataset.insists = 'yes';
      event.preventDefault();
      say('Đang ngoại tuyến nên chưa gửi. Hãy bấm lại khi có mạng.', 'no');
      return;
    }
    form.dataset.busy = 'yes';
    event.submitter?.setAttribute('aria-disabled', 'true');
    setTimeout(() => release(form), 10000); // an answer that is a file leaves the page where it is
    dirty.delete(form);
  });
  function release(form) {
    delete form.dataset.busy;
    form.querySelectorAll('[aria-disabled]').forEach((button) => button.removeAttribute('aria-disabled'));
  }
  window.addEventListener('pageshow', () => document.querySelectorAll('form[data-busy]').forEach(release));

  /* ---- for the scripts loaded after this one ---- */
  const tokenPlace = $('meta[name="csrf-token"]');
  const portal = window.portal = {
    owner, on, $, make, store, device, isPost, say, refused, dirty, release,
    safe: () => false, // whether what is typed in a form is kept on this device; told by kept.js
    get token() { return tokenPlace?.content ?? ''; },
    set token(fresh) { // a new session has a new token; forms of this page go on with it
      tokenPlace?.setAttribute('content', fresh);
      document.querySelectorAll('input[name=csrf_token]').forEach((field) => { field.value = fresh; });
    },
  };

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
    const followed = event.target.closest('.drop a[href^="#"]');
    document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = !followed && menu.contains(event.target); });
    const button = event.target.closest('[data-copy], [data-print], [data-keys-switch]');
    if (!button) return;
    if ('print' in button.dataset) window.print();
    if ('copy' in button.dataset) await navigator.clipboard?.writeText(button.dataset.copy).then(() => say('Đã chép.'), () => say('Trình duyệt không cho chép. Hãy chọn và chép bằng tay.', 'wait'));
    if ('keysSwitch' in button.dataset) { if (device.get('keys-off')) device.drop('keys-off'); else device.set('keys-off', true); nameSwitch(button); }
  });
  const nameSwitch = (button) => { button.textContent = device.get('keys-off') ? 'Bật phím tắt' : 'Tắt phím tắt'; };
  on('keydown', (event) => {
    if (event.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = false; $('summary', menu).focus(); });
    const strong = event.ctrlKey || event.metaKey;
    if (event.altKey || event.isComposing || dialog?.open || device.get('keys-off') || (!strong && event.target.matches('input:not([type=radio]), textarea, select'))) return;
    if (!strong && event.key === 'Enter' && event.target !== document.body) return; // it is the link's, the button's, the form's own
    const target = $(`[data-key~="${CSS.escape((strong ? 'ctrl+' : '') + event.key.toLowerCase())}"]`);
    if (target) { event.preventDefault(); if (target.matches('input, textarea, select')) target.focus(); else target.click(); }
  });

  /* ---- to the next thing to do: the first of these parts below where one reads, or the first of the page ---- */
  function following(link) {
    const parts = [...document.querySelectorAll(link.dataset.next)];
    return parts.find((part) => part.getBoundingClientRect().top > 40) ?? parts[0];
  }
  on('click', (event) => {
    const link = event.target.closest('[data-next]');
    const part = link && following(link);
    if (!part) return;
    event.preventDefault();
    $('details', part)?.setAttribute('open', '');
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
    part.scrollIntoView();
  });
  let naming;
  window.addEventListener('scroll', () => {
    clearTimeout(naming);
    naming = setTimeout(() => document.querySelectorAll('[data-next] > span').forEach((name) => {
      const code = $('.code', following(name.parentElement) ?? name)?.textContent;
      if (code) name.textContent = code;
    }), 120);
  }, { passive: true });

  portal.clearOfBar = () => { // what one types in is not behind the bar at the foot
    const bar = $('.bar'), target = document.activeElement, box = target.getBoundingClientRect();
    if (!bar || !target.closest('main') || bar.contains(target) || box.height > innerHeight / 2 || box.top > innerHeight) return;
    const over = box.bottom + 8 - bar.getBoundingClientRect().top;
    if (over > 0 && getComputedStyle(bar).position === 'fixed') scrollBy(0, over);
  };
  on('focusin', portal.clearOfBar);

  /* ---- when the page has come ---- */
  on('DOMContentLoaded', () => {
    $('[data-focus]')?.focus();
    for (const here of document.querySelectorAll('.rooms [aria-current], .counts [aria-current]')) here.parentElement.scrollLeft = here.offsetLeft - 48;
    if ($('[data-key]')) { $('[data-keys-switch]').hidden = false; nameSwitch($('[data-keys-switch]')); }
  });
})();
