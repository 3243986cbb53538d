import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

const ROOM = /^inc-1/;
const catalog: Catalog = {
  ...exampleCatalog,
  severities: exampleCatalog.severities.map((severity) => ({ ...severity, updateEveryMs: null })),
};

let bot: Harness;
beforeEach(async () => {
  bot = await harness({ catalog });
  await bot.types('cy', 'sev1 Checkout is down');
  bot.expectsPage('bo', /Checkout is down/, 'chat');
});
afterEach(() => bot.close());

describe('an acknowledgement', () => {
  it('by a button stops everything that was still to ring', async () => {
    await bot.presses('bo', 'Acknowledge');
    bot.expectsMessage(ROOM, /Bo Berg acknowledged page 1-1 after 0s. Nothing more will ring/);
    expect(bot.card(1)).toMatch(/Page 1-1: +Bo Berg acknowledged at 03:00 UTC/);
    await bot.fastForward('29m');
  });

  it('by a link counts as much as any, and says how it came', async () => {
    const answer = await bot.asks('person:bo', { type: 'page.acknowledge', page: '1-1', via: 'link' });
    expect(answer).toMatchObject({ ok: true, events: [{ type: 'page.acknowledged', data: { person: 'bo', via: 'link' } }] });
    bot.expectsMessage(ROOM, /Bo Berg acknowledged/);
    expect(await bot.timeline(1)).toContain('<@bo> acknowledged by link');
  });

  it('by somebody who was not paged is as good', async () => {
    await bot.types('ana', 'ack');
    bot.expectsMessage(ROOM, /Ana Lima acknowledged page 1-1/);
    expect(bot.room.invited(1)).toContain('ana');
    expect((await bot.types('bo', 'ack 1-1')).text).toBe('Ana Lima has acknowledged page 1-1 already. Nothing more will ring.\n');
  });

  it('at the very moment of the escalation: one of the two happens, and the order is in the ledger', async () => {
    await bot.fastForward('4m');
    bot.expectsPage('bo', /Checkout is down/, 'email');
    const minute = bot.fastForward('1m');
    const ack = bot.types('bo', 'ack');
    await Promise.all([minute, ack]);
    bot.forget();
    const types = (await bot.eventTypes()).filter((type) => type === 'page.acknowledged' || type === 'page.level-reached');
    expect(types.at(-1)).toBe('page.acknowledged');
  });

  it('after the end, or of a page there never was, is told kindly', async () => {
    await bot.types('cy', 'resolve');
    bot.expectsMessage(ROOM, /resolved/);
    expect((await bot.types('bo', 'ack 1-1')).text).toMatch(/Page 1-1 is stopped. To wake somebody now/);
    expect((await bot.types('bo', 'ack 1-7')).text).toMatch(/There is no page 1-7/);
    expect((await bot.types('bo', 'ack 9-1')).text).toMatch(/There is no inc-9/);
    expect((await bot.types('bo', 'ack')).text).toMatch(/No incident is open/);
  });

  it('typed anywhere means the page that rings the asker', async () => {
    await bot.types('cy', 'sev4 Search is slow');
    await bot.types('ana', 'page inc-2 @ana');
    bot.expectsPage('ana', /Search is slow/, 'chat');
    expect((await bot.types('ana', 'ack')).reply.incident).toBe(2);
    bot.expectsMessage(/^inc-2/, /Ana Lima acknowledged page 2-1/);
    expect((await bot.types('bo', 'ack')).reply.incident).toBe(1);
    bot.expectsMessage(ROOM, /Bo Berg acknowledged page 1-1/);
    expect((await bot.types('cy', 'ack')).text).toMatch(/Which incident\?/);
  });

  it('begins the work on what was only triaged', async () => {
    await bot.types('bo', 'ack');
    bot.forget();
    const alert = {
      source: 'alertmanager',
      fingerprint: 'f1',
      status: 'firing',
      title: 'Cards fail',
      description: '',
      labels: {},
      url: null,
    };
    const received = { type: 'alert.receive', group: 'abc', route: 'r', service: 'checkout', severity: 'sev1', onResolve: 'note' };
    await bot.asks('source:alertmanager', { ...received, alert: { ...alert, startedAt: 0, endedAt: null } });
    bot.expectsPage('bo', /Cards fail/, 'chat');
    expect(bot.card(2)).toMatch(/Status: +triage/);
    await bot.types('bo', 'ack 2-1');
    bot.expectsMessage(/^inc-2/, /acknowledged/);
    bot.expectsMessage(/^inc-2/, /investigating \(was triage\)/);
  });
});

describe('escalating by hand', () => {
  it('does not wait for the timer, and the old timer asks in vain', async () => {
    await bot.types('cy', 'escalate');
    bot.expectsMessage(ROOM, /Paging level 2: Bo Berg/);
    bot.expectsPage('bo', /Checkout/, 'chat');
    await bot.fastForward('1m');
    bot.expectsPage('bo', /Checkout/, 'email');
    bot.expectsPage('bo', /Checkout/, 'email');
    await bot.fastForward('3m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Paging level 3/);
    bot.forget();
  });

  it('is refused once somebody has it', async () => {
    await bot.types('bo', 'ack');
    bot.expectsMessage(ROOM, /acknowledged/);
    expect((await bot.types('cy', 'escalate')).text).toMatch(/No page is waiting/);
    expect((await bot.types('cy', 'escalate 1-1')).text).toMatch(/Bo Berg has acknowledged page 1-1 already/);
  });
});

describe('an acknowledgement that leads nowhere', () => {
  it('is followed by another page while it is not mitigated, from the foot of the ladder, with one message', async () => {
    await bot.types('bo', 'ack');
    bot.expectsMessage(ROOM, /acknowledged/);
    await bot.fastForward('29m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Paging again. Bo Berg acknowledged, and it is still not mitigated/);
    bot.expectsPage('bo', /Checkout/, 'chat');
    bot.expectsNothingElse();
    await bot.fastForward('5m');
    bot.expectsPage('bo', /Checkout/, 'email');
    bot.expectsMessage(ROOM, /Paging level 2/);
    bot.expectsPage('bo', /Checkout/, 'chat');
    await bot.types('bo', 'ack');
    bot.expectsMessage(ROOM, /acknowledged page 1-1 after 35m/);
    await bot.types('bo', 'status mitigated');
    bot.expectsMessage(ROOM, /mitigated/);
    await bot.fastForward('1d');
  });

  it('is not, once it is mitigated or over', async () => {
    await bot.types('bo', 'ack');
    await bot.types('bo', 'status mitigated');
    bot.forget();
    await bot.fastForward('2h');
    bot.expectsNothingElse();
  });
});
