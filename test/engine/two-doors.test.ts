import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentState } from '../../src/domain/incidents/state.ts';
import type { AskedAct } from '../../src/domain/kernel.ts';
import { audit } from '../../src/engine/auditor.ts';
import { createDoor, type Door, type DoorAnswer } from '../../src/engine/door.ts';
import { ledgerEntries } from '../../src/engine/history.ts';
import type { Store } from '../../src/engine/store-port.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { verify } from '../../src/ledger/verify.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';

const PEOPLE = ['ana', 'bo', 'cy', 'dee'] as const;
const INCIDENTS = [1, 2, 3];

/** What somebody asks at one of the two doors; few keys and few incidents, so that they meet. */
interface Asked {
  readonly door: 0 | 1;
  readonly person: (typeof PEOPLE)[number];
  readonly key: string;
  readonly act: AskedAct;
  /** Waits for everything asked before, as a person does who reads the answers. */
  readonly waits: boolean;
}

const DECLARE = {
  ...{ type: 'incident.declare', title: 'Checkout is down', severity: 'sev1', service: 'checkout', kind: 'incident' },
  ...{ triage: false, alertGroup: null, description: null, startedAt: null },
};
const incident = fc.constantFrom(...INCIDENTS);
const act: fc.Arbitrary<AskedAct> = fc.oneof(
  fc.constant(DECLARE),
  fc.record({ type: fc.constant('incident.note'), incident, text: fc.constantFrom('one', 'two') }),
  fc.record({ type: fc.constant('incident.assign'), incident, role: fc.constantFrom('ic', 'scribe'), person: fc.constantFrom(...PEOPLE) }),
  fc.record({ type: fc.constant('incident.regrade'), incident, severity: fc.constantFrom('sev1', 'sev3', 'sev9') }),
  fc.record({ type: fc.constant('incident.cancel'), incident, reason: fc.constant('a false alarm') }),
);
const asked: fc.Arbitrary<Asked> = fc.record({
  door: fc.constantFrom(0, 1),
  person: fc.constantFrom(...PEOPLE),
  key: fc.integer({ min: 0, max: 25 }).map((number) => `key-${number}`),
  act,
  waits: fc.boolean(),
});

/** Two doors on one store, each with a memory of its own: what two replicas are. */
function openDoors(store: Store): readonly [Door, Door] {
  const open = (seed: number): Door =>
    createDoor({
      store,
      catalog: () => exampleCatalog,
      clock: fakeClock(1_000),
      randomness: seededRandomness(seed),
      wake: () => undefined,
    });
  return [open(1), open(2)];
}

async function play(doors: readonly [Door, Door], story: readonly Asked[]): Promise<ReadonlyMap<string, readonly DoorAnswer[]>> {
  const answers = new Map<string, DoorAnswer[]>();
  let underWay: Promise<unknown>[] = [];
  for (const { door, person, key, act: what, waits } of story) {
    if (waits) {
      await Promise.all(underWay);
      underWay = [];
    }
    const answer = doors[door].submit({ act: what, actor: `person:${person}`, key });
    underWay.push(answer.then((given) => answers.set(key, [...(answers.get(key) ?? []), given])));
  }
  await Promise.all(underWay);
  return answers;
}

async function readAll(store: Store): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const page of ledgerEntries(store)) entries.push(...page);
  return entries;
}

/** The holder the entries name last is the one the state names: nobody holds a role beside somebody else. */
function expectHolders(entries: readonly Entry[], number: number, state: IncidentState): void {
  const holders = new Map<string, string>();
  for (const { stream, type, data } of entries) {
    if (stream !== `incident/${number}` || type !== 'incident.role-assigned') continue;
    const { role, person } = JSON.parse(data ?? '') as { role: string; person: string };
    expect([role, holders.get(role)]).not.toEqual([role, person]);
    holders.set(role, person);
  }
  expect(new Map(Object.entries(state.roles).map(([role, { person }]) => [role, person]))).toEqual(holders);
}

describe('two doors on one store', () => {
  it('decide whatever is asked as one would: gapless, sound, and the same answer to the same key', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 5, maxLength: 60 }), async (story) => {
        const { store } = await openSqliteStore(':memory:');
        try {
          const doors = openDoors(store);
          const answers = await play(doors, story);
          for (const [key, given] of answers) expect([key, given]).toEqual([key, given.map(() => given[0])]);
          const entries = await readAll(store);
          expect(entries.map(({ position }) => position)).toEqual(entries.map((_entry, index) => index + 1));
          expect(verify(entries).faults).toEqual([]);
          expect((await audit(store, 1_000)).findings).toEqual([]);
          const fresh = openDoors(store)[0];
          for (const number of INCIDENTS)
            expectHolders(entries, number, (await fresh.states.load(`incident/${number}`)).state as IncidentState);
          // Asked once more at the other door, every key has its first answer and changes nothing.
          for (const { door, person, key, act: what } of story) {
            const again = await doors[door === 0 ? 1 : 0].submit({ act: what, actor: `person:${person}`, key });
            expect([key, again]).toEqual([key, answers.get(key)?.[0]]);
          }
          expect((await store.head()).position).toBe(entries.length);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('refuse nobody because of what was true before the other door moved on', async () => {
    const { store } = await openSqliteStore(':memory:');
    const [one, other] = openDoors(store);
    const note = { type: 'incident.note', incident: 1, text: 'seen' };
    expect(await one.submit({ act: note, actor: 'person:bo' })).toMatchObject({ code: 'no_such_incident' });
    await other.submit({ act: DECLARE, actor: 'person:ana' });
    expect(await one.submit({ act: note, actor: 'person:bo' })).toMatchObject({ ok: true });
    expect(await one.submit({ act: note, actor: 'person:bo', key: 'k' })).toMatchObject({ ok: true });
    await store.close();
  });

  it('give two declarations two incidents, also when one heard of the newest number before the other was kept', async () => {
    const { store } = await openSqliteStore(':memory:');
    const [one] = openDoors(store);
    const declare = (door: Door, title: string): Promise<DoorAnswer> =>
      door.submit({ act: { ...DECLARE, title }, actor: 'person:ana', key: title });
    let meanwhile = async (): Promise<unknown> => declare(one, 'Checkout is down');
    const slow: Store = {
      ...store,
      async streams(query) {
        const heads = await store.streams(query);
        const act = meanwhile;
        meanwhile = async () => undefined;
        await act();
        return heads;
      },
    };
    const [other] = openDoors(slow);
    expect(await declare(other, 'Search is slow')).toMatchObject({ ok: true, stream: 'incident/2' });
    const declared = (await readAll(store)).filter(({ type }) => type === 'incident.declared');
    expect(declared.map(({ stream, version }) => [stream, version])).toEqual([
      ['incident/1', 1],
      ['incident/2', 1],
    ]);
    await store.close();
  });
});
