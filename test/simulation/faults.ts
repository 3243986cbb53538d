import { type Chance, chance } from './chance.ts';
import type { World } from './world.ts';

/** What may go wrong. Each seed switches each of them on or off. */
export const FAULTS = [
  'crash-moments',
  'crash-calls',
  'kills',
  'pauses',
  'restarts',
  'store-latency',
  'store-failures',
  'store-lost-answers',
  'store-outages',
  'far-lost-requests',
  'far-lost-answers',
  'far-late',
  'far-errors',
  'far-dead',
  'far-outages',
  'far-rate-limits',
  'far-hangs',
  'clock-forward',
  'clock-back',
  'daylight-saving',
  'inbound-duplicates',
  'inbound-reordered',
  'two-replicas',
  'three-replicas',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The faults of one seed, and how often what happened. */
export interface Faults {
  readonly on: ReadonlySet<Fault>;
  has(fault: Fault): boolean;
  /** Does it strike now, as one of so many times. Counts when it does. */
  strikes(fault: Fault, share: number): boolean;
  /** Chance of its own for a fault's particulars. */
  of(fault: Fault): Chance;
  count(what: string): void;
  readonly counts: ReadonlyMap<string, number>;
  /** Nothing goes wrong from this time on. */
  readonly healMs: number;
}

/** Each fault is on in half of the seeds. */
const SHARE_ON = 0.5;

export function drawFaults(seed: number): ReadonlySet<Fault> {
  const draw = chance(seed, 'swarm');
  return new Set(FAULTS.filter(() => draw.hits(SHARE_ON)));
}

export function createFaults(seed: number, on: ReadonlySet<Fault>, world: World, healMs: number): Faults {
  const counts = new Map<string, number>();
  const chances = new Map(FAULTS.map((fault) => [fault, chance(seed, fault)]));
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const of = (fault: Fault): Chance => chances.get(fault) as Chance;
  return {
    on,
    has: (fault) => on.has(fault),
    strikes(fault, share) {
      if (!on.has(fault) || world.elapsed() >= healMs || !of(fault).hits(share)) return false;
      count(fault);
      return true;
    },
    of,
    count,
    counts,
    healMs,
  };
}
