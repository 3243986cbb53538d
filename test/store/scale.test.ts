import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDoor, type Door } from '../../src/engine/door.ts';
import type { Commit, Store } from '../../src/engine/store-port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';

const ENTRIES = 100_000;
const INCIDENTS = 500;

let directory: string;
let path: string;
let store: Store;
let door: Door;
let commits: Commit[];
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'allclear-scale-'));
  path = join(directory, 'ledger.db');
  ({ store } = await openSqliteStore(path));
  commits = [];
  const append: Store['append'] = (batch) => {
    commits = [...batch];
    return store.append(batch);
  };
  const ports = { catalog: () => exampleCatalog, clock: fakeClock(1_000), randomness: seededRandomness(1), wake: () => undefined };
  door = createDoor({ store: { ...store, append }, ...ports });
  await fill();
}, 240_000);
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const declare = (title: string) => ({
  ...{ type: 'incident.declare', title, severity: 'sev1', service: 'checkout', kind: 'incident', triage: false },
  ...{ alertGroup: null, description: null, startedAt: null },
});

/** Through the door, a batch of it at a time. */
async function fill(): Promise<void> {
  for (let number = 1; number <= INCIDENTS; number += 1) await door.submit({ act: declare(`incident ${number}`), actor: 'person:ana' });
  for (let left = ENTRIES - (await store.head()).position; left > 0; left -= 256) {
    const notes = Array.from({ length: Math.min(left, 256) }, (_unused, index) => {
      const act = { type: 'incident.note', incident: 1 + ((left + index) % INCIDENTS), text: `note ${left + index}` };
      return door.submit({ act, actor: 'person:bo' });
    });
    await Promise.all(notes);
  }
}

/** Statements the store prepares while something runs, each with how SQLite means to find its rows. */
async function plansOf(work: (store: Store) => Promise<unknown>): Promise<readonly (readonly [string, string])[]> {
  const prepare = DatabaseSync.prototype.prepare;
  const texts = new Set<string>();
  DatabaseSync.prototype.prepare = function (text, ...rest) {
    texts.add(text);
    return prepare.call(this, text, ...rest);
  };
  try {
    // Opened anew: some statements are prepared once and for all.
    const opened = await openSqliteStore(path);
    await work(opened.store);
    await opened.store.close();
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
  const database = new DatabaseSync(path, { readOnly: true });
  const asked = [...texts].filter((text) => OURS.test(text) && !/^\s*(?:create|alter|drop)/i.test(text));
  const rows = asked.flatMap((text) =>
    database
      .prepare(`explain query plan ${text}`)
      .all()
      .map(({ detail }) => [text, String(detail)] as const),
  );
  database.close();
  return rows;
}
/** A scan of an index in its order that stops at a limit reads a few rows; without an index, or when all is sorted, it reads them all. */
const WHOLE = /^SCAN (?!.*USING (?:COVERING )?INDEX)|USE TEMP B-TREE FOR ORDER BY/;
/** From the end of the primary key, one row: SQLite calls that a scan too. */
const LAST = /order by "?position"? desc limit (?:1|\?)$/;
/** The ledger's own; migrations look at theirs. */
const OURS = /\b(?:entries|payloads|streams|effects|inbox)\b/;

describe(`with ${ENTRIES} entries in the ledger`, () => {
  it.each<[string, (from: Store) => Promise<unknown>]>([
    ['begins', async () => undefined],
    ['claims', (from) => from.outbox.claim({ lane: 'pages', now: 0, leaseMs: 1, limit: 32 })],
    ['learns what is due next', (from) => from.outbox.nextDue('chat')],
    ['finds what is owed and what is dead', (from) => from.outbox.list({ states: ['dead'], limit: 10 })],
    ['finds the effects of some entries', (from) => from.outbox.owedBy({ after: 10, upTo: 20 })],
    ['settles', (from) => from.outbox.settle([{ effect: '1-0', fence: 99, state: 'done', reason: null, detail: null }])],
    ['finds the newest of a kind', (from) => from.streams({ kind: 'incident', limit: 1 })],
    ['finds the open ones of a kind', (from) => from.streams({ kind: 'incident', open: true, limit: 10 })],
    ['finds a stream', (from) => from.streams({ streams: ['incident/7'] })],
    ['reads a stream', (from) => from.entries({ stream: 'incident/7', afterVersion: 3, limit: 10 })],
    ['reads an incident', (from) => from.entries({ incident: 7, after: 10, limit: 10 })],
    ['reads on', (from) => from.entries({ after: 99_000, limit: 10 })],
    ['knows its head', (from) => from.head()],
    ['knows what it answered', (from) => from.answered('key')],
  ])('%s without reading a whole table', async (_what, work) => {
    const plans = await plansOf(work);
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.filter(([text, plan]) => WHOLE.test(plan) && !LAST.test(text))).toEqual([]);
  });

  it('writes for one more incident what it wrote for the first', async () => {
    expect((await store.head()).position).toBeGreaterThanOrEqual(ENTRIES);
    await door.submit({ act: declare('one more'), actor: 'person:ana', key: 'one more' });
    const [commit] = commits;
    expect(commit?.writes.map(({ stream }) => stream)).toEqual([`incident/${INCIDENTS + 1}`]);
    expect(commit?.writes.flatMap(({ entries }) => entries).length).toBeLessThan(10);
    expect(commit?.effects.length).toBeLessThan(20);
    expect(commit?.writes[0]?.state.length).toBeLessThan(4_000);
  });

  it('keeps the state of a much noted incident as small as that of a quiet one', async () => {
    const [noted] = await store.streams({ streams: ['incident/1'] });
    const [quiet] = await store.streams({ streams: [`incident/${INCIDENTS + 1}`] });
    expect(noted?.version).toBeGreaterThan(100);
    expect(noted?.state.length).toBeLessThan((quiet?.state.length ?? 0) + 200);
  });
});
