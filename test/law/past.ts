import fc from 'fast-check';
import type { AnyDomain, Effect, EventShape, Recorded } from '../../src/domain/kernel.ts';
import { arbitraryOf } from './arbitrary.ts';

/** Enough for a state to matter, few enough to read when it fails. */
const PAST_EVENTS_MAX = 12;

/** Any past the ledger could hold for a stream of this domain: events of the right shapes, in any order. */
export function anyPast(domain: AnyDomain): fc.Arbitrary<readonly EventShape[]> {
  const shapes = Object.entries(domain.events).map(([type, row]) => arbitraryOf(row.data).map((data) => ({ type, data })));
  return fc.array(fc.oneof(...shapes), { minLength: 1, maxLength: PAST_EVENTS_MAX });
}

export interface Told {
  readonly state: unknown;
  /** In order, each with the event it is owed for. */
  readonly promises: readonly { readonly event: Recorded; readonly effect: Effect }[];
}

/** Folds a past and collects what it promises on the way. */
export function tell(domain: AnyDomain, past: readonly EventShape[]): Told {
  const stream = `${domain.kind}/1`;
  const promises: { event: Recorded; effect: Effect }[] = [];
  let state = domain.initial(stream);
  for (const [index, event] of past.entries()) {
    const recorded: Recorded = { ...event, position: index + 1, version: index + 1, stream, at: index * 1_000, actor: 'allclear' };
    state = domain.evolve(state, recorded);
    promises.push(...domain.react(recorded, state).map((effect) => ({ event: recorded, effect })));
  }
  return { state, promises };
}
