import { keepingEnd, refresh } from './live.js';
import { morph } from './morph.js';

/** Sends forms without leaving the page and shows the answer where it was asked. Without this file the forms work as plain ones. */

const place = () => document.querySelector('[data-reply]');

/** The forms that stay on the page; signing out leaves it. */
function isOurs(form) {
  return form.id === 'act' || form.matches('[data-composer], [data-form]');
}

/** One after the other: each is sent with the number the answer before it brought. */
let last = Promise.resolve();

async function post(form, button, typed) {
  const body = new URLSearchParams(new FormData(form, button));
  // The line was emptied when it was sent, and may hold the next one by now.
  if (typed !== null) body.set('words', typed);
  const address = new URL(button?.getAttribute('formaction') ?? form.getAttribute('action'), location.href);
  const response = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/json', 'x-csrf-token': body.get('csrf') ?? '' },
    body,
  });
  return response.json();
}

function send(form, button) {
  // A second click while the first is under way is the same wish.
  if (button?.getAttribute('aria-busy') === 'true') return;
  const line = form.matches('[data-composer]') ? form.querySelector('textarea') : null;
  const typed = line?.value ?? null;
  if (line === null) button?.setAttribute('aria-busy', 'true');
  form.dispatchEvent(new CustomEvent('sent'));
  last = last
    .then(() => post(form, button, typed))
    .then((answer) => show(form, answer, typed))
    .catch(() => refuse('That did not arrive. Check the connection and try again.', line, typed))
    .finally(() => button?.removeAttribute('aria-busy'));
}

function show(form, answer, typed) {
  if (answer.nonce === undefined)
    return refuse(answer.sentence, form.matches('[data-composer]') ? form.querySelector('textarea') : null, typed);
  if (answer.go !== null) return location.assign(answer.go);
  for (const input of document.querySelectorAll('input[name="nonce"]')) input.value = answer.nonce;
  // Words that stand in the room by now need no answer; one that is still being read stays.
  if (answer.html !== '') showReply(answer.html);
  // Not waiting for the notice: who pressed a button sees at once what it did.
  refresh();
}

/** Gives back what was typed, unless something else stands there by now. */
function refuse(sentence, line, typed) {
  showSentence(sentence);
  if (line !== null && line.value === '') line.value = typed;
}

function showReply(html) {
  const reply = place();
  if (reply === null) return;
  const wanted = document.createElement('div');
  wanted.append(...new DOMParser().parseFromString(html, 'text/html').body.childNodes);
  for (const { name, value } of [...reply.attributes]) wanted.setAttribute(name, value);
  // A new answer is a new thing, even where it looks like the one before.
  keepingEnd(() => {
    reply.replaceChildren();
    morph(reply, wanted);
  });
  offerClosing(reply);
  const field = reply.querySelector('[aria-invalid="true"], .field input, .field select, .field textarea');
  field?.focus();
  reply.scrollIntoView?.({ block: 'nearest' });
}

function showSentence(sentence) {
  const text = document.createElement('p');
  text.textContent = sentence;
  const reply = document.createElement('div');
  reply.className = 'reply reply-no';
  reply.append(text);
  keepingEnd(() => place()?.replaceChildren(reply));
}

function offerClosing(reply) {
  for (const button of reply.querySelectorAll('[data-close]')) button.hidden = false;
}
function close() {
  keepingEnd(() => place()?.replaceChildren());
  document.querySelector('[data-composer] textarea')?.focus();
}

export function startActions() {
  document.addEventListener('submit', (event) => {
    if (!isOurs(event.target)) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-close]')) close();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target.closest?.('[data-reply]')) close();
  });
  const reply = place();
  if (reply !== null) offerClosing(reply);
}
