import { expect } from 'vitest';
import type { AskedAct } from '../../src/domain/kernel.ts';
import { createDoor, type Door } from '../../src/engine/door.ts';
import { ledgerEntries } from '../../src/engine/history.ts';
import type { Store } from '../../src/engine/store-port.ts';
import { startVerification } from '../../src/ledger/verify.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { exampleCatalog } from './catalog.ts';
import { fakeClock } from './fake-clock.ts';
import { seededRandomness } from './seeded-randomness.ts';

/** Doors as several replicas would have them, all onto one database. */
export interface Writers {
  readonly doors: readonly Door[];
  readonly store: Store;
  close(): Promise<void>;
}
/** What a writer was told about one note. */
export interface Said {
  readonly text: string;
  readonly positions: readonly number[];
  /** How often the store failed before it was answered. */
  readonly failures: number;
}

export async function writers(url: string, { stores, doorsEach }: { stores: number; doorsEach: number }): Promise<Writers> {
  const opened = await Promise.all(
    Array.from({ length: stores }, (_unused, index) => openPostgresStore(url, { broken: () => undefined, replica: `replica-${index}` })),
  );
  const doors = opened.flatMap(({ store }, index) =>
    Array.from({ length: doorsEach }, (_unused, door) => {
      const randomness = seededRandomness(index * doorsEach + door + 1);
      return createDoor({ store, catalog: () => exampleCatalog, clock: fakeClock(1_000), randomness, wake: () => undefined });
    }),
  );
  const [first] = opened;
  if (first === undefined) throw new Error('at least one store');
  return {
    doors,
    store: first.store,
    close: async () => void (await Promise.all(opened.map(({ store }) => store.close()))),
  };
}

export function declaration(title: string): AskedAct {
  const plain = { severity: null, service: null, kind: 'incident', triage: false, alertGroup: null, description: null, startedAt: null };
  return { type: 'incident.declare', title, ...plain };
}

export async function declareIncidents(door: Door, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const answer = await door.submit({ act: declaration(`Number ${number}`), actor: 'person:ana' });
    expect(answer).toMatchObject({ ok: true, stream: `incident/${number}` });
  }
}

/** Says it again under the same key whenever the store failed, after `recovered`, as every surface does. */
export async function sayUntilAnswered(door: Door, incident: number, text: string, recovered?: () => Promise<void>): Promise<Said> {
  for (let failures = 0; ; failures += 1) {
    try {
      const answer = await door.submit({ act: { type: 'incident.note', incident, text }, actor: 'person:ana', key: `writer ${text}` });
      if (!answer.ok) throw new TypeError(`refused: ${answer.sentence}`);
      return { text, positions: answer.positions, failures };
    } catch (fault) {
      if (fault instanceof TypeError) throw fault;
      await recovered?.();
    }
  }
}

/** Every note is in the ledger once, where its writer was told; the chain is whole and the positions have no gap. */
export async function expectOnceEach(store: Store, said: readonly Said[]): Promise<void> {
  const verification = startVerification();
  const found: (readonly [string, number])[] = [];
  for await (const page of ledgerEntries(store)) {
    for (const entry of page) {
      verification.add(entry);
      if (entry.type === 'incident.noted') found.push([(JSON.parse(entry.data ?? '{}') as { text: string }).text, entry.position]);
    }
  }
  expect(verification.finish().faults).toEqual([]);
  const told = said.map(({ text, positions }) => [text, positions[0]]);
  const byPosition = (one: readonly unknown[], other: readonly unknown[]): number => Number(one[1]) - Number(other[1]);
  expect(found).toEqual([...told].sort(byPosition));
}
