import { refresh } from './live.js';
import { morph } from './morph.js';

/** Sends forms without leaving the page and shows the answer where it was asked. Without this file the forms work as plain ones. */

const place = () => document.querySelector('[data-reply]');
const sending = new Set();

/** The forms that stay on the page; signing out leaves it. */
function isOurs(form) {
  return form.id === 'act' || form.matches('[data-composer], [data-form]');
}

async function submit(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const address = new URL(button?.getAttribute('formaction') ?? form.getAttribute('action'), location.href);
  const response = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/json', 'x-csrf-token': body.get('csrf') ?? '' },
    body,
  });
  return response.json();
}

async function send(form, button) {
  const name = `${form.action} ${button?.value ?? ''}`;
  // A second click while the first is under way is the same wish.
  if (sending.has(name)) return;
  sending.add(name);
  button?.setAttribute('aria-busy', 'true');
  try {
    show(form, await submit(form, button));
  } catch {
    showSentence('That did not arrive. Check the connection and try again.');
  } finally {
    sending.delete(name);
    button?.removeAttribute('aria-busy');
  }
}

function show(form, answer) {
  if (answer.nonce === undefined) return showSentence(answer.sentence);
  if (answer.go !== null) return location.assign(answer.go);
  for (const input of document.querySelectorAll('input[name="nonce"]')) input.value = answer.nonce;
  showReply(answer.html);
  if (form.matches('[data-composer]') && answer.ok) form.dispatchEvent(new CustomEvent('sent'));
  // Not waiting for the notice: who pressed a button sees at once what it did.
  refresh();
}

function showReply(html) {
  const reply = place();
  if (reply === null) return;
  const wanted = document.createElement('div');
  wanted.append(...new DOMParser().parseFromString(html, 'text/html').body.childNodes);
  for (const { name, value } of [...reply.attributes]) wanted.setAttribute(name, value);
  // A new answer is a new thing, even where it looks like the one before.
  reply.replaceChildren();
  morph(reply, wanted);
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
  place()?.replaceChildren(reply);
}

function offerClosing(reply) {
  for (const button of reply.querySelectorAll('[data-close]')) button.hidden = false;
}
function close() {
  place()?.replaceChildren();
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
