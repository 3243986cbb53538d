/** Moves every running time on once a second, from what the server wrote, by the server's clock. */

const SECOND_MS = 1000;
const offsetMs = Number(document.body.dataset.now) - Date.now();

function serverNow() {
  return Date.now() + offsetMs;
}

function two(value) {
  return String(value).padStart(2, '0');
}
function clockFace(ms) {
  const seconds = Math.floor(ms / SECOND_MS);
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
function coarse(ms) {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes < 10 && seconds % 60 !== 0 ? `${minutes}m ${seconds % 60}s` : `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

const SAY = {
  until: (at, now) => (at >= now ? clockFace(at - now) : `+${clockFace(now - at)}`),
  since: (at, now) => clockFace(Math.max(0, now - at)),
  ago: (at, now) => coarse(now - at),
};

export function tickAll() {
  const now = serverNow();
  for (const element of document.querySelectorAll('[data-tick]')) {
    const { tick, at } = element.dataset;
    const text = SAY[tick]?.(Number(at), now);
    if (text === undefined) continue;
    if (element.textContent !== text) element.textContent = text;
    if (tick === 'until') element.classList.toggle('is-over', Number(at) < now);
  }
  for (const bar of document.querySelectorAll('progress[data-since]')) {
    bar.value = Math.min(bar.max, (now - Number(bar.dataset.since)) / SECOND_MS);
    bar.closest('.run')?.classList.toggle('is-late', now - Number(bar.dataset.since) > bar.max * SECOND_MS);
  }
}

export function startTicking() {
  tickAll();
  setInterval(tickAll, SECOND_MS);
}
