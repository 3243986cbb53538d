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
 * withdrew it; the ledger keeps both.
 */
export function timeline(events: readonly Recorded[]): readonly TimelineLine[] {
  const withdrawn = withdrawnPins(events);
  const lines = events.filter((event) => !withdrawn.has(event.position)).map(lineOf);
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

function lineOf(event: Recorded): TimelineLine {
  const { position, at, actor, type, data } = event;
  const saidAt = type === 'incident.pinned' ? (data as { saidAt: number }).saidAt : at;
  return { position, at: saidAt, recordedAt: at, actor, type, text: sayEvent(event) };
}

/** An event in one line, by its row in the catalogue. */
export function sayEvent({ type, data }: Pick<Recorded, 'type' | 'data'>): string {
  return catalogue[type]?.say(data) ?? type;
}
