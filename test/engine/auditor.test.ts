import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditOptions, audit, OVERDUE_MS } from '../../src/engine/auditor.ts';
import { type OpenBot, openBot } from '../support/open-bot.ts';

let bot: OpenBot;
beforeEach(async () => {
  bot = await openBot();
  await bot.types('ana', 'sev1 Checkout is down');
  await bot.types('bo', 'ack', 1);
  await bot.types('bo', 'note the password is hunter2', 1);
  await bot.fastForward('1m');
});
afterEach(() => bot.close());

const look = (options?: AuditOptions) => audit(bot.opened.store, bot.clock.now(), options);
const found = async (): Promise<readonly string[]> => (await look()).findings.map(({ kind, about }) => `${kind} ${about}`);
/** What the auditor finds after a database administrator did this; undone afterwards. */
async function foundAfter(statement: string): Promise<readonly string[]> {
  await sql.raw('begin').execute(bot.opened.database);
  try {
    await sql.raw(statement).execute(bot.opened.database);
    return await found();
  } finally {
    await sql.raw('rollback').execute(bot.opened.database);
  }
}

describe('the auditor', () => {
  it('finds a whole incident in order', async () => {
    const seen = await look();
    expect(seen.findings).toEqual([]);
    expect(seen).toMatchObject({ isClean: true, counts: { missing: 0, extra: 0, altered: 0, overdue: 0, snapshot: 0 } });
    expect(seen.entries).toBe((await bot.opened.store.head()).position);
    expect(seen.effects).toBeGreaterThan(seen.entries);
  });

  it('misses any effect that was taken away', async () => {
    const states = ['pending', 'claimed', 'done', 'dead', 'superseded'] as const;
    const rows = await bot.opened.store.outbox.list({ states, limit: 1_000 });
    expect(rows.length).toBeGreaterThan(15);
    for (const { id } of rows) expect(await foundAfter(`delete from effects where id = '${id}'`)).toEqual([`missing ${id}`]);
  });

  it.each([
    ['a promise nobody made', `update effects set id = '2-99', number = 99 where id = '2-0'`, ['missing 2-0', 'extra 2-99']],
    [
      'one of an entry that is not there',
      `update effects set id = '900-0', position = 900 where id = '2-0'`,
      ['missing 2-0', 'extra 900-0'],
    ],
    ['a later due time', `update effects set due_at = due_at + 1 where id = '3-0'`, ['altered 3-0']],
    ['another lane', `update effects set lane = 'work' where id = '3-0'`, ['altered 3-0']],
  ])('sees %s', async (_what, statement, findings) => {
    expect(await foundAfter(statement)).toEqual(findings);
  });

  it('sees that a promise was bent', async () => {
    const rows = await bot.opened.store.outbox.list({ states: ['done'], limit: 100 });
    const notify = rows.find(({ body }) => body.kind === 'page.notify')?.id ?? '';
    expect(await foundAfter(`update effects set body = replace(body, '"bo"', '"cy"') where id = '${notify}'`)).toEqual([
      `altered ${notify}`,
    ]);
  });

  it.each([
    ['a changed word', `update streams set state = replace(state, 'Checkout', 'Chekout') where stream = 'incident/1'`],
    ['a version behind the events', `update streams set version = version - 1 where stream = 'incident/1'`],
    ['a version the events do not reach', `update streams set version = version + 1 where stream = 'incident/1'`],
    ['no snapshot at all', `delete from streams where stream = 'incident/1'`],
  ])('sees in a snapshot %s', async (_what, statement) => {
    expect(await foundAfter(statement)).toEqual(['snapshot incident/1']);
  });

  it('leaves alone a snapshot of another release, which is folded again before anybody looks at it', async () => {
    expect(await foundAfter(`update streams set fold = fold + 1, state = '{}' where stream = 'incident/1'`)).toEqual([]);
  });

  it('says what was due long ago and is not kept, and why', async () => {
    bot.room.failWith({ outcome: 'retry', reason: 'server', detail: 'answered 503' });
    await bot.types('bo', 'status mitigated', 1);
    await bot.fastForward('5m');
    expect(await found()).toEqual([]);
    await bot.fastForward('1s');
    const seen = await look();
    expect(seen.isClean).toBe(false);
    expect(seen.counts.overdue).toBeGreaterThan(0);
    expect(seen.findings[0]?.explanation).toMatch(/^room\.\w+ is 301 s late after \d+ attempts; last server: answered 503$/);
    expect((await look({ overdueMs: 2 * OVERDUE_MS })).isClean).toBe(true);
    bot.room.failWith(null);
    await bot.fastForward('2m');
    expect(await found()).toEqual([]);
  });

  it('cannot tell the effects of what was redacted, and complains of nothing', async () => {
    const note = (await bot.opened.store.entries({ after: 0, limit: 100 })).find(({ type }) => type === 'incident.noted');
    const act = { type: 'entry.redact', position: note?.position, reason: 'a password' };
    expect(await bot.bot.submit({ act, actor: 'person:ana' })).toMatchObject({ ok: true });
    await bot.settle();
    expect(await found()).toEqual([]);
    expect(await foundAfter(`delete from effects where position = ${note?.position}`)).toEqual([]);
    await bot.types('bo', 'status mitigated', 1);
    expect(await found()).toEqual([]);
  });
});

describe('auditing a long ledger', () => {
  it('reads it page by page, folds on over the pages, and begins anywhere', async () => {
    for (let number = 0; number < 1_100; number += 1) {
      void bot.bot.submit({ act: { type: 'incident.note', incident: 1, text: `note ${number}` }, actor: 'person:bo' });
    }
    await bot.types('ana', 'sev2 Search is slow');
    const whole = await look();
    expect(whole.findings).toEqual([]);
    expect(whole.entries).toBeGreaterThan(1_100);
    const newest = await look({ after: 500 });
    expect(newest).toMatchObject({ isClean: true, entries: whole.entries - 500 });
    expect(await foundAfter(`update streams set state = '{}' where stream = 'incident/1'`)).toEqual(['snapshot incident/1']);
    const nearTheEnd = whole.entries - 3;
    expect(await foundAfter(`delete from effects where position = ${nearTheEnd}`)).not.toEqual([]);
  });

  it('lists of each kind at most a hundred and counts the rest', async () => {
    await sql
      .raw(
        `with recursive numbers (number) as (values (100) union all select number + 1 from numbers where number < 219)
         insert into effects (id, position, number, lane, due_at, body, state)
         select '2-' || number, 2, number, 'asks', 0, '{"kind":"ask"}', 'done' from numbers`,
      )
      .execute(bot.opened.database);
    const seen = await look();
    expect(seen.counts.extra).toBe(120);
    expect(seen.findings.filter(({ kind }) => kind === 'extra')).toHaveLength(100);
  });

  it('runs beside a bot that goes on writing', async () => {
    const writing = Array.from({ length: 300 }, (_unused, number) =>
      bot.bot.submit({ act: { type: 'incident.note', incident: 1, text: `note ${number}` }, actor: 'person:bo' }),
    );
    const [seen] = await Promise.all([look(), ...writing]);
    expect(seen.findings).toEqual([]);
    await bot.settle();
    expect(await found()).toEqual([]);
  });
});
