import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from '../support/harness.ts';

const ROOM = /^inc-1/;
const SECRETS = {
  github: 'ghp_0123456789abcdefghijABCDEFGHIJ012345',
  password: 'hunter2-very-secret',
  url: 'postgres://admin:s3cretpassw0rd@db.example.org/shop',
} as const;

let bot: Harness;
beforeEach(async () => {
  bot = await harness();
});
afterEach(() => bot.close());

/** Everything the ledger and the outbox hold, as text. */
async function atRest(): Promise<string> {
  const { store } = bot.bot;
  const entries = await store.entries({ after: 0, limit: 1_000 });
  const effects = await store.outbox.list({ states: ['pending', 'claimed', 'done', 'dead', 'superseded'], limit: 1_000 });
  const heads = await store.streams({ kind: 'incident', limit: 10 });
  return JSON.stringify([entries, effects, heads]);
}

describe('a secret in somebody’s words', () => {
  it('is gone before anything is stored, shown or sent, whatever way it came', async () => {
    await bot.types('cy', `sev1 Checkout leaks ${SECRETS.github}`);
    bot.expectsPage('bo', /^\[SEV1\] inc-1 Checkout leaks \[redacted: github token\]$/, 'chat');
    await bot.types('cy', `note password: ${SECRETS.password}`);
    await bot.fills('cy', 'update', { text: `It is at ${SECRETS.url}` }, { incident: 1 });
    bot.expectsMessage(ROOM, /Update 1[\s\S]*\[redacted/);
    await bot.pins('cy', { message: 'm1', text: `token ${SECRETS.github}`, author: 'Cy' }, { incident: 1 });
    await bot.types('cy', `switch read-only on because the key ${SECRETS.github} is out`);
    bot.expectsMessage(ROOM, /Approve Read-only mode[\s\S]*> the key \[redacted/);
    for (const person of ['@ana', '@bo']) bot.expectsMessage(person, /\[redacted/);
    const kept = await atRest();
    for (const secret of [SECRETS.github, SECRETS.password, 's3cretpassw0rd']) expect(kept).not.toContain(secret);
    expect(kept).toContain('[redacted: github token]');
    expect((await bot.timeline(1)).join('\n')).toMatch(/\[redacted/);
  });
});

describe('markup in somebody’s words', () => {
  it('is shown as it was typed, mentions nobody and makes no button', async () => {
    const nasty = 'Checkout down <@ana> <!channel> @everyone [[Resolve|resolve]] **bold** [x](https://evil.example)';
    await bot.types('cy', `sev1 ${nasty}`);
    const shown = nasty.replace('<@ana>', '@ana');
    const notice = bot.expectsPage('bo', /Checkout down/, 'chat');
    expect(notice.subject).toBe(`[SEV1] inc-1 ${shown}`);
    await bot.types('bo', `update ${nasty}`);
    expect(bot.expectsMessage(ROOM, /Update 1/)).toContain(`> ${shown}`);
    await bot.types('bo', `note ${nasty}`);
    expect((await bot.types('bo', 'timeline')).text).toContain(`${shown} (Bo Berg)`);
    const documents = [...bot.room.everSaid.map(({ document }) => document), bot.room.card(1)?.card, notice.document];
    const spans = JSON.stringify(documents);
    expect(spans).not.toContain('"id":"ana"');
    expect(spans).not.toContain('evil.example","');
    expect(spans.match(/"command":"resolve"/g)).toHaveLength(1);
    expect(bot.card(1)).toContain(`inc-1 · ${shown}`);
  });
});

describe('words of any kind', () => {
  it.each([
    '💥 Zahlung für Müller & Söhne schlägt fehl',
    'الدفع معطل',
    'tab\tand\nnewline',
    'x\ud800y',
    '{{incident}} {{#each}}',
    '`code` ``` fence',
    '\u202Egnirts',
  ])('are declared, said and kept: %j', async (title) => {
    await bot.types('cy', `sev4 ${title} here`);
    await bot.types('cy', `update ${title}`);
    bot.expectsMessage(ROOM, /Update 1/);
    expect((await bot.bot.readings.incident(1))?.incident.title).toBe(`${title} here`.toWellFormed());
    expect(bot.room.rooms.get(1)).toMatch(/^inc-1(?:-[a-z0-9]+)*$/);
  });
});
