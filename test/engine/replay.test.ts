import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../src/engine/auditor.ts';
import { createDoor, type Door } from '../../src/engine/door.ts';
import { ReplayError, replaySpool } from '../../src/engine/replay.ts';
import { SPOOL_NUMBERS, type Store } from '../../src/engine/store-port.ts';
import { verify } from '../../src/ledger/verify.ts';
import { createSpool, type OpenedSpool, orphanedSpools } from '../../src/store/spool.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';

const OUTAGE_AT = 1_700_000_000_000;
const BACK_AT = OUTAGE_AT + 3_600_000;
const plain = { severity: 'sev1', service: null, kind: 'incident', triage: false, alertGroup: null, description: null, startedAt: null };

describe('replaying a spool', () => {
  let directory: string;
  let ledger: Store;
  let spool: OpenedSpool;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'allclear-replay-'));
    ({ store: ledger } = await openSqliteStore(':memory:'));
    spool = await createSpool(directory, seededRandomness(1), OUTAGE_AT);
  });
  afterEach(async () => {
    await Promise.all([ledger.close(), spool.close()]);
    rmSync(directory, { recursive: true });
  });
  function door(store: Store, at: number, numbersAfter = 0): Door {
    const randomness = seededRandomness(at % 1_000);
    return createDoor({ store, catalog: () => exampleCatalog, clock: fakeClock(at), randomness, numbersAfter, wake: () => undefined });
  }
  const declare = (at: Door, key: string) =>
    at.submit({ act: { type: 'incident.declare', title: 'Down', ...plain }, actor: 'person:ana', key });
  const entriesOf = (store: Store) => store.entries({ after: 0, limit: 1_000 });

  it('adds the same facts behind what is there, with their own times, and once however often it is repeated', async () => {
    await declare(door(ledger, OUTAGE_AT - 1), 'first');
    await declare(door(spool.store, OUTAGE_AT + 5, spool.numbersAfter), 'second');
    const before = await entriesOf(ledger);
    const replayed = await replaySpool(spool, ledger);
    expect(replayed).toMatchObject({ entries: 2, incidents: [spool.numbersAfter + 1], twins: [] });
    expect(await replaySpool(spool, ledger)).toEqual(replayed);
    const after = await entriesOf(ledger);
    expect(after.slice(0, before.length)).toEqual(before);
    const brought = after.slice(before.length);
    const facts = ({ stream, type, at, actor, cause, digest, incident }: (typeof after)[number]) => ({
      stream,
      type,
      at,
      actor,
      cause,
      digest,
      incident,
    });
    expect(brought.map(facts)).toEqual((await entriesOf(spool.store)).map(facts));
    expect(brought[0]?.at).toBe(OUTAGE_AT + 5);
    expect(verify(after).isSound).toBe(true);
    expect((await audit(ledger, OUTAGE_AT)).findings).toEqual([]);
  });

  it('owes what the spool still owed, and nothing it has kept', async () => {
    await declare(door(spool.store, OUTAGE_AT, spool.numbersAfter), 'k');
    const [claimed] = await spool.store.outbox.claim({ lane: 'chat', now: OUTAGE_AT, leaseMs: 1, limit: 1 });
    const { id = '', fence = 0 } = claimed ?? {};
    await spool.store.outbox.settle([{ effect: id, fence, state: 'done', reason: null, detail: null }]);
    await replaySpool(spool, ledger);
    const states = (store: Store) =>
      store.outbox.owedBy({ after: 0, upTo: 99 }).then((rows) => rows.map(({ body, state }) => ({ kind: body.kind, state })));
    expect(await states(ledger)).toEqual(await states(spool.store));
    expect((await states(ledger)).filter(({ state }) => state === 'done')).toHaveLength(1);
  });

  it('gives the next incident of the ledger the next small number', async () => {
    await declare(door(ledger, OUTAGE_AT), 'first');
    await declare(door(spool.store, OUTAGE_AT, spool.numbersAfter), 'second');
    await declare(door(spool.store, OUTAGE_AT, spool.numbersAfter), 'third');
    await replaySpool(spool, ledger);
    expect(await declare(door(ledger, BACK_AT), 'fourth')).toMatchObject({ stream: 'incident/2' });
    expect(await declare(door(ledger, BACK_AT), 'second')).toMatchObject({ stream: `incident/${spool.numbersAfter + 1}` });
    expect(spool.numbersAfter).toBeGreaterThanOrEqual(SPOOL_NUMBERS);
  });

  it('tells of words that the ledger had kept too, when only the answer was lost', async () => {
    await declare(door(ledger, OUTAGE_AT), 'same');
    await declare(door(spool.store, OUTAGE_AT, spool.numbersAfter), 'same');
    expect((await replaySpool(spool, ledger)).twins).toEqual([{ ours: spool.numbersAfter + 1, other: 1 }]);
  });

  it('goes on in a stream that has moved on meanwhile', async () => {
    const deny = (at: Door, act: string) =>
      at.submit({ act: { type: 'access.deny', asker: 'mallory', act, needs: 'to be known', stream: 'none' }, actor: 'allclear' });
    await deny(door(spool.store, OUTAGE_AT), 'one');
    await deny(door(ledger, OUTAGE_AT), 'two');
    await replaySpool(spool, ledger);
    expect((await ledger.entries({ stream: 'records/access', afterVersion: 0, limit: 9 })).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('refuses a spool that somebody edited, and leaves the ledger as it was', async () => {
    await declare(door(spool.store, OUTAGE_AT, spool.numbersAfter), 'k');
    await spool.close();
    const path = join(directory, `${spool.numbersAfter}-${OUTAGE_AT}`, 'ledger.db');
    const file = new DatabaseSync(path);
    file.exec(`drop trigger payloads_erase_only; update payloads set data = replace(data, 'Down', 'Fine') where position = 1`);
    file.close();
    const [orphan] = await orphanedSpools(directory);
    spool = orphan as OpenedSpool;
    await expect(replaySpool(spool, ledger)).rejects.toThrow(ReplayError);
    expect(await entriesOf(ledger)).toEqual([]);
  });

  it('is held by one process at a time', async () => {
    expect(await orphanedSpools(directory)).toEqual([]);
  });
});
