/* What is typed is kept on this device: one entry a form, by person and place, for two weeks; gone at sign-out.
   Never passwords, files or hidden fields. Forms that save by themselves (hx-post) get their text back at once and
   saving.js sends it; other forms (data-keep) offer it. An entry names the versions it was typed against (`base`). */
(() => {
  'use strict';
  const { portal } = window;
  const { owner, on, $, make, store, device, isPost, say } = portal;
  const LIFE = 14 * 864e5;
  const visit = store(() => sessionStorage);
  let signedOut = false;

  const autosaves = (form) => form.hasAttribute('hx-post');
  const keeps = (form) => owner && !signedOut && isPost(form) && (form.hasAttribute('data-keep') || autosaves(form));
  const pathOf = (form) => new URL(form.getAttribute('hx-post') || form.getAttribute('action') || location.pathname, location.href).pathname;
  const keyOf = (form) => `kept|${owner}|${pathOf(form)}|${form.id}`;
  const isTick = (field) => /^(checkbox|radio)$/.test(field.type);
  const nameOf = (field) => (isTick(field) ? `${field.name}=${field.value}` : field.name);
  const valueOf = (field) => (isTick(field) ? field.checked : field.value);
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches('input, textarea, select')
    && !/^(hidden|password|file|submit)$/.test(field.type) && field.autocomplete !== 'one-time-code');
  const valuesOf = (form) => fieldsOf(form).map((field) => [nameOf(field), valueOf(field)]);
  const marksOf = (form) => [...form.querySelectorAll('input[type=hidden][name]')]
    .filter(({ name }) => name !== 'csrf_token' && !name.includes('theirs')).map(({ name, value }) => [name, value]);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  /* What the server holds of a field is what the page came with: its default value. */
  const storedOf = (field) => (field.options ? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value
    : isTick(field) ? field.defaultChecked : field.defaultValue);
  const changed = (form) => fieldsOf(form).some((field) => valueOf(field) !== storedOf(field));
  function nowStored(form, values) {
    const sent = new Map(values);
    for (const field of fieldsOf(form)) {
      const value = sent.get(nameOf(field));
      if (value === undefined) continue;
      if (field.options) for (const one of field.options) one.defaultSelected = one.value === value;
      else if (isTick(field)) field.defaultChecked = value;
      else if (field.defaultValue !== value) field.defaultValue = value;
    }
  }
  function wordsOf(form) { // as people would read it, for where the form itself is gone
    return fieldsOf(form).filter((field) => (isTick(field) ? field.checked : field.value.trim()))
      .map((field) => (isTick(field) ? field.labels[0]?.textContent : field.options ? field.selectedOptions[0]?.text : field.value) ?? '').join('\n').trim();
  }

  const read = (form) => device.get(keyOf(form));
  function keep(form, more = {}) {
    if (!keeps(form)) return false;
    const old = read(form) ?? {};
    return device.set(keyOf(form), { since: Date.now(), base: marksOf(form), ...old, at: Date.now(), values: valuesOf(form),
      label: form.dataset.queue ?? '', words: wordsOf(form), page: autosaves(form) ? location.pathname : '', ...more });
  }
  function put(form, entry) {
    const values = new Map(entry.values);
    for (const field of fieldsOf(form)) {
      const value = values.get(nameOf(field));
      if (value === undefined) continue;
      if (isTick(field)) field.checked = value; else field.value = value;
    }
    return changed(form);
  }
  function restore(form) { // typed before, not sent: back in its place, against the version it was typed against
    const entry = read(form);
    if (!entry) return false;
    if (!put(form, entry)) { device.drop(keyOf(form)); return false; }
    for (const [name, value] of entry.base) for (const mark of form.querySelectorAll(`input[type=hidden][name="${CSS.escape(name)}"]`)) mark.value = value;
    form.closest('details.fold')?.setAttribute('open', '');
    return true;
  }
  function offer(form) {
    const entry = read(form);
    const values = new Map(entry?.values);
    const bare = (value) => String(value).trim(); // the answer shows what was typed without blanks around it: the same
    const differing = fieldsOf(form).filter((field) => values.has(nameOf(field)) && bare(values.get(nameOf(field))) !== bare(valueOf(field)));
    if (!differing.length) { device.drop(keyOf(form)); return; }
    const bar = make('div', { className: 'kept' });
    const button = (label, act) => {
      const onclick = () => { bar.remove(); device.drop(keyOf(form)); act(); };
      return make('button', { type: 'button', className: 'btn btn-sm btn-outline-primary', textContent: label, onclick });
    };
    bar.append(make('span', { textContent: `Có nội dung chưa lưu từ ${moment(entry.at)}.` }),
      button('Khôi phục nội dung chưa lưu', () => { put(form, entry); portal.dirty.add(form); }), button('Bỏ', () => {}));
    form.prepend(bar);
  }
  const moment = (at) => new Date(at).toLocaleString('vi-VN', { dateStyle: 'short', timeStyle: 'short' });
  const entries = () => device.keys().filter((key) => key.startsWith(`kept|${owner}|`)).map((key) => [key, device.get(key)]).filter(([, entry]) => entry);

  portal.kept = { autosaves, keyOf, valuesOf, marksOf, same, changed, nowStored, read, keep, restore, entries, moment, drop: device.drop, over: () => signedOut };
  portal.safe = (form) => autosaves(form) && Boolean(read(form));

  on('input', ({ target }) => {
    const form = target.form;
    if (!form || !keeps(form) || !autosaves(form)) return;
    if (changed(form) || read(form)?.tried) keep(form); else device.drop(keyOf(form));
  });
  on('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isPost(form)) return;
    if ('signOut' in form.dataset) {
      const mine = `kept|${owner.split('-')[0]}-`;
      device.keys().filter((key) => key.startsWith(mine)).forEach(device.drop);
      device.set('signed-out', { owner, at: Date.now() });
    } else if (keeps(form) && !autosaves(form)) {
      keep(form);
      visit.set('sent', { key: keyOf(form), from: location.pathname });
    }
  });
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key !== 'signed-out' || !newValue || JSON.parse(newValue).owner.split('-')[0] !== owner.split('-')[0]) return;
    signedOut = true;
    say('Đã đăng xuất ở cửa sổ khác. Nội dung chưa gửi ở đây không còn được giữ trên máy; hãy chép lại nếu cần.', 'no', ['Đăng nhập lại', location.href]);
  });

  on('DOMContentLoaded', () => {
    for (const key of device.keys()) if (key.startsWith('kept|') && !(Date.now() - device.get(key)?.at < LIFE)) device.drop(key);
    const sent = visit.get('sent');
    visit.drop('sent');
    if (sent && owner && Number(document.body.dataset.code) < 400 && (sent.from !== location.pathname || $('.flash.note-ok'))) device.drop(sent.key);
    document.querySelectorAll('form').forEach((form) => { if (keeps(form) && !autosaves(form)) offer(form); });
  });
})();
