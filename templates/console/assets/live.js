import { morph } from './morph.js';
import { tickAll } from './ticks.js';

/** Keeps the page current: the server says which pieces changed, the page fetches exactly those. No polling. */

const { page, incident } = document.body.dataset;
/** The end of a room is kept in view unless the reader has scrolled away from it by more than this. */
const AT_END_PX = 80;

let source = null;
let wanted = new Set();
let fetching = false;

function allPieces() {
  return [...document.querySelectorAll('[data-piece]')].map((element) => element.dataset.piece);
}

/** Fetches pieces and puts them in place; what goes stale meanwhile is fetched next. */
export function refresh(names = allPieces()) {
  for (const name of names) wanted.add(name);
  if (fetching) return;
  fetching = true;
  fetchWanted()
    .catch(() => say('lost', 'Not live'))
    .finally(() => {
      fetching = false;
    });
}

async function fetchWanted() {
  while (wanted.size > 0) {
    const now = [...wanted];
    wanted = new Set();
    await fetchPieces(now);
  }
}

async function fetchPieces(names) {
  const address = new URL(location.href);
  address.searchParams.delete('reply');
  address.searchParams.set('pieces', names.join(','));
  const response = await fetch(address, { headers: { accept: 'text/html' } });
  if (response.status === 401) return say('out', 'Signed out');
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const piece of fresh.querySelectorAll('[data-piece]')) {
    const place = document.querySelector(`[data-piece="${CSS.escape(piece.dataset.piece)}"]`);
    if (place !== null) keepingEnd(() => morph(place, withClassOf(place, piece)));
  }
  tickAll();
}

/** The place belongs to the page, which may have dressed it. */
function withClassOf(place, piece) {
  if (place.className !== '') piece.className = place.className;
  return piece;
}

/** Changes something, and keeps the end of the conversation in view if it was. */
export function keepingEnd(change) {
  const scroll = document.querySelector('[data-scroll]');
  const wasAtEnd = scroll !== null && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < AT_END_PX;
  change();
  if (wasAtEnd) scroll.scrollTop = scroll.scrollHeight;
}

function say(state, text) {
  const light = document.querySelector('[data-live]');
  light.hidden = false;
  light.dataset.live = state;
  if (light.textContent !== text) light.textContent = text;
}

function connect() {
  if (source !== null) return;
  source = new EventSource(`/events?page=${encodeURIComponent(page)}&incident=${encodeURIComponent(incident)}`);
  source.addEventListener('open', () => {
    say('on', 'Live');
    // Whatever changed while nobody listened.
    refresh();
  });
  source.addEventListener('changed', (event) => refresh(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    say('lost', source?.readyState === EventSource.CLOSED ? 'Not live' : 'Connecting');
    // The browser gives up for good when it is refused; a restarting server refuses for a moment.
    if (source?.readyState === EventSource.CLOSED) {
      disconnect();
      setTimeout(connect, GIVEN_UP_MS);
    }
  });
}
const GIVEN_UP_MS = 5000;

function disconnect() {
  source?.close();
  source = null;
}

export function startLive() {
  // Browsers allow few connections to one host: a page nobody looks at gives its own back.
  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', () => connect());
  for (const scroll of document.querySelectorAll('[data-scroll]')) scroll.scrollTop = scroll.scrollHeight;
  if (!document.hidden) connect();
}
