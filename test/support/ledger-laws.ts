import { expect } from 'vitest';
import type { Recorded } from '../../src/domain/kernel.ts';
import { domainOfStream } from '../../src/domain/registry.ts';
import { eventsOf, ledgerEntries, refold } from '../../src/engine/history.ts';
import type { Store } from '../../src/engine/store-port.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { startVerification } from '../../src/ledger/verify.ts';

/** More effects than any scenario owes. */
const EFFECTS_MAX = 100_000;

/** What must be true of every ledger, whatever was played: checked at the end of each scenario. */
export async function expectLaws(store: Store): Promise<void> {
  const entries: Entry[] = [];
  for await (const page of ledgerEntries(store)) entries.push(...page);
  const verification = startVerification();
  for (const entry of entries) verification.add(entry);
  expect(verification.finish().faults, 'the chain verifies').toEqual([]);
  const events = await eventsOf(store, entries);
  const streams = [...new Set(entries.map(({ stream }) => stream))];
  for (const stream of streams) {
    const [head] = await store.streams({ streams: [stream] });
    const folded = await refold(store, stream);
    expect(JSON.parse(head?.state ?? 'null'), `the snapshot of ${stream} is the fold of its entries`).toEqual(folded.state);
    if (stream.startsWith('page/'))
      expectLadder(
        stream,
        events.filter((event) => event.stream === stream),
      );
  }
  const owed = new Set(
    (await store.outbox.list({ states: ['pending', 'claimed', 'done', 'dead', 'superseded'], limit: EFFECTS_MAX })).map(({ id }) => id),
  );
  expect(owed, 'exactly what the events entail is owed').toEqual(entailed(events));
}

/** Ids of the effects that the events entail, derived anew. */
function entailed(events: readonly Recorded[]): ReadonlySet<string> {
  const states = new Map<string, unknown>();
  const ids = new Set<string>();
  for (const event of events) {
    const domain = domainOfStream(event.stream);
    const state = domain.evolve(states.get(event.stream) ?? domain.initial(event.stream), event);
    states.set(event.stream, state);
    for (const number of domain.react(event, state).keys()) ids.add(`${event.position}-${number}`);
  }
  return ids;
}

/** A page only climbs, and never after somebody has it or after it was stopped. */
function expectLadder(stream: string, events: readonly Recorded[]): void {
  let at: readonly [number, number] = [-1, -1];
  let isRinging = false;
  for (const { type, data } of events) {
    if (type === 'page.started' || type === 'page.rearmed') isRinging = true;
    if (type === 'page.level-reached') {
      const { round, level } = data as { round: number; level: number };
      expect(isRinging, `${stream} climbs only while it rings`).toBe(true);
      expect(
        round > at[0] || (round === at[0] && level > at[1]),
        `${stream} never goes back to ${round}/${level} after ${at.join('/')}`,
      ).toBe(true);
      at = [round, level];
    }
    if (type === 'page.exhausted') expect(isRinging, `${stream} is exhausted only while it rings`).toBe(true);
    if (type === 'page.acknowledged' || type === 'page.stopped' || type === 'page.exhausted') isRinging = false;
  }
}
