import { createCompletion } from './completion.js';
import { suggestions } from './vocabulary.js';

/** The command line: grows with its text, sends on Enter, completes, and remembers what was typed. */

const HISTORY_MAX = 50;
const HISTORY_KEY = 'allclear lines';

function readHistory() {
  try {
    return JSON.parse(sessionStorage.getItem(HISTORY_KEY) ?? '[]');
  } catch {
    return [];
  }
}
function remember(line) {
  const lines = [...readHistory().filter((known) => known !== line), line].slice(-HISTORY_MAX);
  try {
    sessionStorage.setItem(HISTORY_KEY, JSON.stringify(lines));
  } catch {
    // A browser that keeps nothing loses nothing that matters.
  }
}

function start(form) {
  const area = form.querySelector('textarea');
  const hint = form.querySelector('[data-hint]');
  const usualHint = [...hint.childNodes];
  const isRoom = form.dataset.composer === 'room';
  const completion = createCompletion(area, form.querySelector('.composer-row'));
  let back = 0;
  let draft = '';

  function look() {
    const line = area.value.slice(0, area.selectionStart);
    suggestions(line, isRoom)
      .then(({ words, hint: says }) => {
        // What was typed meanwhile asks for itself.
        if (area.value.slice(0, area.selectionStart) !== line) return;
        completion.offer(words);
        if (says === '') hint.replaceChildren(...usualHint);
        else hint.textContent = says;
      })
      // Without suggestions the line works all the same.
      .catch(() => completion.close());
  }
  function recall(step) {
    const lines = readHistory();
    const next = Math.min(lines.length, Math.max(0, back + step));
    if (next === back) return;
    if (back === 0) draft = area.value;
    back = next;
    area.value = back === 0 ? draft : lines[lines.length - back];
    area.setSelectionRange(area.value.length, area.value.length);
    completion.close();
  }
  function send() {
    if (area.value.trim() !== '') form.requestSubmit(form.querySelector('button'));
  }
  /** What a key does here; false leaves it to the browser. */
  function use({ key, shiftKey }) {
    if (key === 'Enter') return shiftKey ? false : send();
    // Within several lines the arrows walk through the text.
    if (area.value.includes('\n')) return false;
    if (key === 'ArrowUp' && (area.value === '' || back > 0)) return recall(1);
    return key === 'ArrowDown' && back > 0 ? recall(-1) : false;
  }
  area.addEventListener('keydown', (event) => {
    if (!event.isComposing && (completion.key(event) || use(event) !== false)) event.preventDefault();
  });
  area.addEventListener('input', () => {
    back = 0;
    look();
  });
  area.addEventListener('blur', () => completion.close());
  completion.onTake(look);
  form.addEventListener('submit', () => {
    completion.close();
    if (area.value.trim() !== '') remember(area.value.trim());
  });
  form.addEventListener('sent', () => {
    area.value = '';
    back = 0;
    look();
  });
}

/** Buttons that only begin a command put it on the line, where the rest is typed. */
function begin(event) {
  const button = event.target.closest?.('[data-begin]');
  const area = document.querySelector('[data-composer] textarea');
  if (!button || area === null) return;
  event.preventDefault();
  area.value = `${area.form.dataset.composer === 'room' ? '/' : ''}${button.dataset.begin}`;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.dispatchEvent(new Event('input'));
}

export function startComposers() {
  document.addEventListener('click', begin);
  for (const form of document.querySelectorAll('[data-composer]')) start(form);
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest?.('input, textarea, select');
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const area = document.querySelector('[data-composer] textarea');
    if (area === null) return;
    event.preventDefault();
    area.focus();
    if (area.value === '' && area.form.dataset.composer === 'room') area.value = '/';
    area.dispatchEvent(new Event('input'));
  });
}
