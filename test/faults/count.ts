import type { Entry } from '../../src/ledger/entry.ts';
import type { Acknowledged } from './clients.ts';
import { mergedIn } from './ledger.ts';
import type { Call } from './phones.ts';
import type { Rooms } from './rooms.ts';

/** What came of a fault. Everything but duplicates and lateness must be as it should for a run to be good. */
export interface Count {
  readonly acknowledged: number;
  /** Acknowledged, and not in the ledger. */
  readonly lost: number;
  /** Declared twice and never merged into one. */
  readonly doubled: number;
  readonly pagesDue: number;
  readonly pagesDelivered: number;
  /** Rang before it was owed, or given up before its time. */
  readonly early: number;
  /** Null where no platform but the console has rooms. */
  readonly rooms: Rooms | null;
  /** Calls beyond the first for one notification. */
  readonly pagesDuplicated: number;
  /** Of a page behind the moment it was owed, milliseconds. */
  readonly latestMs: number;
}

interface Promised {
  readonly page: string;
  readonly person: string;
  readonly at: number;
}

/** Two clocks of one machine, read one after the other. */
const EARLY_MS_MAX = 1_000;

/** Holds what was said to people against the ledger, and the ledger against the phones. */
export function count(
  acknowledged: readonly Acknowledged[],
  entries: readonly Entry[],
  calls: readonly Call[],
  rooms: Rooms | null = null,
): Count {
  const declared = incidentsByKey(entries);
  const noted = keysOf(entries, 'incident.noted');
  const merged = mergedIn(entries);
  const isLost = ({ key, kind }: Acknowledged): boolean => (kind === 'declare' ? !declared.has(key) : !noted.has(key));
  const living = [...declared.values()].map((incidents) => incidents.filter((incident) => !merged.has(incident)).length);
  const due = entries.flatMap(promisedBy);
  // Declared, and the page has not begun: owed all the same.
  const begun = new Set(entries.filter(({ type }) => type === 'page.level-reached').map(({ incident }) => incident));
  const unbegun = [...declared.values()].flat().filter((incident) => !begun.has(incident) && !merged.has(incident)).length;
  const rung = due.map(({ page, person, at }) => {
    const its = calls.filter((call) => call.page === page && call.person === person);
    return { times: its.length, lateMs: Math.min(...its.map((call) => call.at)) - at };
  });
  const delivered = rung.filter(({ times }) => times > 0);
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter(isLost).length,
    doubled: living.filter((many) => many > 1).length,
    pagesDue: due.length + unbegun,
    pagesDelivered: delivered.length,
    // Longer than any run: nobody may give up on a page in it.
    early: entries.filter(({ type }) => type === 'page.exhausted').length + delivered.filter(({ lateMs }) => lateMs < -EARLY_MS_MAX).length,
    rooms,
    pagesDuplicated: delivered.reduce((sum, { times }) => sum + times - 1, 0),
    latestMs: Math.max(0, ...delivered.map(({ lateMs }) => lateMs)),
  };
}

export function isGood(found: Count): boolean {
  const { acknowledged, pagesDue } = found;
  return acknowledged > 0 && pagesDue > 0 && isKept(found);
}

/** Nothing is missing now; what is missing may still come. */
export function isKept({ lost, doubled, early, pagesDue, pagesDelivered, rooms }: Count): boolean {
  return lost === 0 && doubled === 0 && early === 0 && pagesDelivered === pagesDue && (rooms === null || rooms.once === rooms.due);
}

/** Of several runs on different installations. */
export function sumOf(counts: readonly Count[]): Count {
  const sum = (of: (one: Count) => number): number => counts.reduce((total, one) => total + of(one), 0);
  const rooms = counts.flatMap((one) => one.rooms ?? []);
  return {
    acknowledged: sum((one) => one.acknowledged),
    lost: sum((one) => one.lost),
    doubled: sum((one) => one.doubled),
    pagesDue: sum((one) => one.pagesDue),
    pagesDelivered: sum((one) => one.pagesDelivered),
    early: sum((one) => one.early),
    rooms: rooms.length === 0 ? null : { due: sum((one) => one.rooms?.due ?? 0), once: sum((one) => one.rooms?.once ?? 0) },
    pagesDuplicated: sum((one) => one.pagesDuplicated),
    latestMs: Math.max(0, ...counts.map(({ latestMs }) => latestMs)),
  };
}

const KEY = /([a-z0-9-]+-\d+)\.$/;

function keyIn(entry: Pick<Entry, 'data'>, field: 'title' | 'text'): string | null {
  const data = JSON.parse(entry.data ?? '{}') as Readonly<Record<string, unknown>>;
  return KEY.exec(String(data[field]))?.[1] ?? null;
}

/** An incident belongs to the words that declared it first: others that it was given to have none. */
function incidentsByKey(entries: readonly Entry[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  const taken = new Set<number>();
  for (const { type, incident, ...entry } of entries) {
    const key = type === 'incident.declared' ? keyIn(entry, 'title') : null;
    if (key === null || incident === null || taken.has(incident)) continue;
    taken.add(incident);
    found.set(key, [...(found.get(key) ?? []), incident]);
  }
  return found;
}

function keysOf(entries: readonly Entry[], type: string): ReadonlySet<string> {
  return new Set(entries.filter((entry) => entry.type === type).flatMap((entry) => keyIn(entry, 'text') ?? []));
}

/** One rung, one way to wake each: a level that was reached owes one call to everybody on it. */
function promisedBy({ type, data, at }: Entry): readonly Promised[] {
  if (type !== 'page.level-reached' || data === null) return [];
  const { page, people } = JSON.parse(data) as { page: string; people: readonly { person: string }[] };
  return people.map(({ person }) => ({ page, person, at }));
}
