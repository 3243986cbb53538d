import type { Recorded } from '../domain/kernel.ts';
import { events as catalogue } from '../domain/registry.ts';

/** One fact for people. `text` is one line in which people are written `<@id>`; it may hold text from people. */
export interface TimelineLine {
  readonly position: number;
  /** When it happened: for a pinned message when it was said. */
  readonly at: number;
  readonly recordedAt: number;
  readonly actor: string;
  readonly type: string;
  readonly text: string;
}

/**
 * The events of one incident as a timeline, by the time they happened. A withdrawn pin is left out together with what
 * withdrew it, and an edited one reads as it was edited; the ledger keeps everything.
 */
export function timeline(events: readonly Recorded[]): readonly TimelineLine[] {
  const withdrawn = withdrawnPins(events);
  const { of, told } = rewordings(events);
  const shown = events.filter(({ position }) => !withdrawn.has(position) && !told.has(position));
  const lines = shown.map((event) => lineOf(reworded(event, of.get(event.position))));
  return lines.sort((one, other) => one.at - other.at || one.position - other.position);
}

/** Positions of pins that were taken back, and of what took them back. */
function withdrawnPins(events: readonly Recorded[]): ReadonlySet<number> {
  const pinned = new Map<string, number>();
  const withdrawn = new Set<number>();
  for (const { type, data, position } of events) {
    if (type !== 'incident.pinned' && type !== 'incident.unpinned') continue;
    const { platform, message } = data as { platform: string; message: string };
    const key = `${platform} ${message}`;
    const before = pinned.get(key);
    if (type === 'incident.pinned') pinned.set(key, position);
    else if (before !== undefined) withdrawn.add(before).add(position);
  }
  return withdrawn;
}

interface Rewording {
  readonly text: string | null;
  readonly isGone: boolean;
}

/** Position of a pin → what became of its words there; and the positions of what told so, which are no lines of their own. */
function rewordings(events: readonly Recorded[]): { readonly of: ReadonlyMap<number, Rewording>; readonly told: ReadonlySet<number> } {
  const pinned = new Map<string, number>();
  const of = new Map<number, Rewording>();
  const told = new Set<number>();
  for (const { type, data, position } of events) {
    const { platform, message, text = null } = data as { platform: string; message: string; text?: string };
    const key = `${platform} ${message}`;
    const pin = pinned.get(key);
    if (type === 'incident.pinned') pinned.set(key, position);
    if (pin === undefined || (type !== 'incident.pin-edited' && type !== 'incident.pin-deleted')) continue;
    of.set(pin, { text: text ?? of.get(pin)?.text ?? null, isGone: type === 'incident.pin-deleted' });
    told.add(position);
  }
  return { of, told };
}

function reworded(event: Recorded, words: Rewording | undefined): Recorded {
  if (words === undefined) return event;
  const data = event.data as { readonly text: string };
  const mark = words.isGone ? ' (deleted there)' : ' (edited)';
  return { ...event, data: { ...data, text: `${words.text ?? data.text}${mark}` } };
}

function lineOf(event: Recorded): TimelineLine {
  const { position, at, actor, type, data } = event;
  const saidAt = type === 'incident.pinned' ? (data as { saidAt: number }).saidAt : at;
  return { position, at: saidAt, recordedAt: at, actor, type, text: sayEvent(event) };
}

/** An event in one line, by its row in the catalogue. */
export function sayEvent({ type, data }: Pick<Recorded, 'type' | 'data'>): string {
  return catalogue[type]?.say(data) ?? type;
}
