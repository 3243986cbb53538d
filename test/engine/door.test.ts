import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDoor, type Door } from '../../src/engine/door.ts';
import type { Commit, Store } from '../../src/engine/store-port.ts';
import { verify } from '../../src/ledger/verify.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';

const declare = (title: string) => ({
  type: 'incident.declare',
  title,
  severity: null,
  service: null,
  kind: 'incident',
  triage: false,
  alertGroup: null,
  description: null,
  startedAt: null,
});
const note = (text: string) => ({ type: 'incident.note', incident: 1, text });

let store: Store;
let batches: number[];
let door: Door;

function openDoor(over: Store): Door {
  const parts = { catalog: () => exampleCatalog, clock: fakeClock(1_000), randomness: seededRandomness(1), wake: () => undefined };
  return createDoor({ store: over, ...parts });
}
beforeEach(async () => {
  ({ store } = await openSqliteStore(':memory:'));
  batches = [];
  const append = (commits: readonly Commit[]) => {
    batches.push(commits.length);
    return store.append(commits);
  };
  door = openDoor({ ...store, append });
});
afterEach(() => store.close());

describe('the door', () => {
  it('shares one transaction among concurrent submits, each with its own verdict', async () => {
    await door.submit({ act: declare('one'), actor: 'person:ana' });
    const answers = await Promise.all([
      door.submit({ act: note('first'), actor: 'person:ana' }),
      door.submit({ act: { type: 'incident.regrade', incident: 1, severity: 'sev9' }, actor: 'person:ana' }),
      door.submit({ act: note('second'), actor: 'person:bo' }),
      door.submit({ act: declare('two'), actor: 'person:bo' }),
      door.submit({ act: declare('three'), actor: 'person:bo' }),
    ]);
    expect(batches).toEqual([1, 5]);
    expect(answers.map((answer) => (answer.ok ? answer.stream : answer.code))).toEqual([
      'incident/1',
      'unknown_severity',
      'incident/1',
      'incident/2',
      'incident/3',
    ]);
  });

  it('gives a repeated key its first answer and changes nothing, also within one batch', async () => {
    const asked = { act: declare('once'), actor: 'person:ana', key: 'slack-1' } as const;
    const answers = await Promise.all([door.submit(asked), door.submit(asked), door.submit(asked)]);
    const later = await door.submit({ ...asked, act: declare('something else') });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect(later).toEqual(answers[0]);
    expect((await store.streams({ kind: 'incident', limit: 10 })).map(({ stream }) => stream)).toEqual(['incident/1']);
  });

  it('remembers a refusal under its key too', async () => {
    const first = await door.submit({ act: note('too early'), actor: 'person:ana', key: 'k' });
    expect(first).toMatchObject({ ok: false, code: 'no_such_incident' });
    await door.submit({ act: declare('now'), actor: 'person:ana' });
    expect(await door.submit({ act: note('too early'), actor: 'person:ana', key: 'k' })).toEqual(first);
  });

  it('records a denial and tells the asker', async () => {
    await door.submit({ act: declare('one'), actor: 'person:ana' });
    const answer = await door.submit({ act: note('I am only watching'), actor: 'person:dee' });
    expect(answer).toMatchObject({ ok: false, code: 'not_permitted' });
    const [denied] = await store.entries({ stream: 'records/access', afterVersion: 0, limit: 1 });
    expect(JSON.parse(denied?.data ?? '')).toEqual({ asker: 'person:dee', act: 'incident.note', needs: 'responder', stream: 'incident/1' });
  });

  it('refuses what no surface should have let through', async () => {
    const malformed = await door.submit({ act: { type: 'incident.note', incident: 'one', text: 'x' }, actor: 'person:ana' });
    expect(malformed).toMatchObject({ ok: false, code: 'malformed' });
    expect(await door.submit({ act: { type: 'no.such-act' }, actor: 'person:ana' })).toMatchObject({ ok: false, code: 'malformed' });
    expect(await door.submit({ act: declare('x'), actor: 'person:nobody' })).toMatchObject({ ok: false, code: 'not_known' });
  });

  it('decides again when another process moved the stream on', async () => {
    const other = openDoor(store);
    await door.submit({ act: declare('one'), actor: 'person:ana' });
    await other.submit({ act: note('from elsewhere'), actor: 'person:bo' });
    const raced = await Promise.all([
      door.submit({ act: note('from here'), actor: 'person:ana' }),
      other.submit({ act: declare('two'), actor: 'person:bo' }),
    ]);
    expect(raced.map(({ ok }) => ok)).toEqual([true, true]);
    expect(verify(await store.entries({ after: 0, limit: 100 })).isSound).toBe(true);
  });

  it('rejects everything of a batch whose transaction failed, and works again afterwards', async () => {
    let broken = true;
    const failing = openDoor({
      ...store,
      append: (commits) => (broken ? Promise.reject(new Error('disk full')) : store.append(commits)),
    });
    const failed = await Promise.allSettled([
      failing.submit({ act: declare('a'), actor: 'person:ana' }),
      failing.submit({ act: declare('b'), actor: 'person:ana' }),
    ]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await failing.submit({ act: declare('c'), actor: 'person:ana' })).toMatchObject({ ok: true, stream: 'incident/1' });
  });

  it('takes secrets out before anything is stored', async () => {
    await door.submit({ act: declare('one'), actor: 'person:ana' });
    await door.submit({ act: note(`the token is ghp_${'a1B2'.repeat(9)}`), actor: 'person:ana' });
    const entries = await store.entries({ stream: 'incident/1', afterVersion: 0, limit: 10 });
    expect(entries.at(-1)?.data).toContain('[redacted');
    expect(JSON.stringify(entries)).not.toContain('ghp_a1B2');
  });
});

describe('redacting an entry', () => {
  it('erases the words everywhere, keeps the chain and folds on', async () => {
    await door.submit({ act: declare('one'), actor: 'person:ana' });
    await door.submit({ act: { type: 'incident.update', incident: 1, text: 'the password is hunter2', nextMs: null }, actor: 'person:bo' });
    const position = (await store.head()).position;
    expect(await door.submit({ act: { type: 'entry.redact', position, reason: 'a password' }, actor: 'person:bo' })).toMatchObject({
      code: 'not_permitted',
    });
    expect(await door.submit({ act: { type: 'entry.redact', position, reason: 'a password' }, actor: 'person:ana' })).toMatchObject({
      ok: true,
    });
    const entries = await store.entries({ after: 0, limit: 100 });
    expect(verify(entries)).toMatchObject({ isSound: true, erasures: 1 });
    const everything = JSON.stringify([
      entries,
      await store.streams({ kind: 'incident', limit: 10 }),
      await store.outbox.list({ states: ['pending', 'done'], limit: 100 }),
    ]);
    expect(everything).not.toContain('hunter2');
    const fresh = openDoor(store);
    expect((await fresh.states.load('incident/1')).state).toMatchObject({ updates: 1, lastUpdate: { text: '[redacted]' } });
  });

  it('refuses what is not there and what is the ledger’s own record', async () => {
    expect(await door.submit({ act: { type: 'entry.redact', position: 7, reason: 'x' }, actor: 'person:ana' })).toMatchObject({
      code: 'nothing_to_redact',
    });
    await door.submit({ act: note('denied'), actor: 'person:dee' });
    const { position } = await store.head();
    expect(await door.submit({ act: { type: 'entry.redact', position, reason: 'x' }, actor: 'person:ana' })).toMatchObject({
      code: 'system_entry',
    });
  });
});
