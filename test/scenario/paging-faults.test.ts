import { afterEach, describe, expect, it } from 'vitest';
import type { Catalog, Person } from '../../src/domain/catalog.ts';
import type { Moment } from '../../src/engine/moment.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
afterEach(() => bot.close());

const ROOM = /^inc-1/;
const catalog: Catalog = {
  ...exampleCatalog,
  severities: exampleCatalog.severities.map((severity) => ({ ...severity, updateEveryMs: null })),
};
const dead = { outcome: 'dead', reason: 'client', detail: 'no such mailbox' } as const;
const later = { outcome: 'retry', reason: 'server', detail: 'answered 503' } as const;
const unknown = { outcome: 'unknown', reason: 'timeout', detail: 'no answer in 10 s' } as const;

describe('a pager that fails for good', () => {
  it('leaves the other way; with none left the next level rings at once', async () => {
    bot = await harness({ catalog });
    bot.pagerFails('chat', dead);
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsNothingElse();
    bot.pagerFails('email', dead);
    bot.pagerFails('chat', null);
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Bo Berg could not be notified by email: no such mailbox. Their number: \+493023125002/);
    bot.expectsMessage(ROOM, /Paging level 2: Bo Berg/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    expect((await bot.timeline(1)).filter((line) => line.includes('could not'))).toEqual([
      '<@bo> could not be notified by chat: no such mailbox',
      '<@bo> could not be notified by email: no such mailbox',
    ]);
  });

  it('everywhere: the page is exhausted within the first delays, not after all its timeouts', async () => {
    bot = await harness({ catalog });
    for (const pager of ['chat', 'email']) bot.pagerFails(pager, dead);
    await bot.types('cy', 'sev1 Checkout is down');
    await bot.fastForward('7m');
    expect(bot.expectsMessage(ROOM, /Nobody acknowledged page 1-1/)).toMatch(/Bo Berg: [\s\S]*Ana Lima: [\s\S]*Cy Okafor: /);
    bot.forget();
    await bot.fastForward('1d');
  });

  it('because nobody has the address: no attempt is made', async () => {
    const bo: Person = { ...(exampleCatalog.people['bo'] as Person), email: null };
    bot = await harness({ catalog: { ...catalog, people: { ...catalog.people, bo } } });
    await bot.types('cy', 'sev3 Checkout is slow');
    bot.expectsMessage(ROOM, /Bo Berg could not be notified by email: has no e-mail address/);
    bot.forget();
    expect(await bot.timeline(1)).toContain('<@bo> could not be notified by email: has no e-mail address');
  });
});

describe('a pager that fails for now', () => {
  it('is tried again soon, and rings once', async () => {
    bot = await harness({ catalog });
    bot.pagerFails('chat', later);
    await bot.types('cy', 'sev1 Checkout is down');
    await bot.fastForward('5s');
    bot.expectsNothingElse();
    bot.pagerFails('chat', null);
    await bot.fastForward('10s');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    expect(bot.sentPages).toHaveLength(1);
    await bot.types('bo', 'ack');
    bot.expectsMessage(ROOM, /acknowledged/);
  });

  it('is given up after a minute of trying, because the next level is the better answer', async () => {
    bot = await harness({ catalog });
    for (const pager of ['chat', 'email']) bot.pagerFails(pager, later);
    await bot.types('cy', 'sev1 Checkout is down');
    await bot.fastForward('1m');
    expect((await bot.timeline(1)).at(-1)).toBe('<@bo> could not be notified by chat: answered 503');
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Bo Berg could not be notified by email/);
    bot.expectsMessage(ROOM, /Paging level 2/);
    await bot.types('ana', 'ack');
    bot.forget();
  });

  it('does not ring late once somebody has it', async () => {
    bot = await harness({ catalog });
    bot.pagerFails('chat', later);
    await bot.types('cy', 'sev1 Checkout is down');
    await bot.types('ana', 'ack');
    bot.expectsMessage(ROOM, /Ana Lima acknowledged/);
    bot.pagerFails('chat', null);
    await bot.fastForward('2m');
    expect(bot.sentPages).toEqual([]);
  });
});

describe('a pager that does not say whether it rang', () => {
  it('rings again under the same key, so that the far end shows it once', async () => {
    bot = await harness({ catalog });
    bot.pagerFails('chat', unknown);
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.fastForward('3s');
    bot.pagerFails('chat', null);
    await bot.fastForward('5s');
    expect(bot.sentPages.length).toBeGreaterThan(1);
    expect(new Set(bot.sentPages).size).toBe(1);
    expect((await bot.eventTypes()).filter((type) => type === 'page.delivered')).toHaveLength(1);
    await bot.types('bo', 'ack');
    bot.expectsMessage(ROOM, /acknowledged/);
  });
});

describe('a process that dies', () => {
  it.each<Moment>(['before-commit', 'after-commit', 'before-send', 'after-send', 'before-settle', 'after-settle'])(
    '%s loses no page, and rings nobody twice under two keys',
    async (moment) => {
      bot = await harness({ catalog, onDisk: true });
      bot.diesAt(moment);
      await bot.types('cy', 'sev1 Checkout is down', { key: 'slack-E1' });
      expect(bot.isDead).toBe(true);
      await bot.restarts('1s');
      // Nobody heard an answer, so the platform delivers it again.
      const { reply } = await bot.types('cy', 'sev1 Checkout is down', { key: 'slack-E1' });
      expect(reply).toMatchObject({ ok: true, incident: 1 });
      await bot.fastForward('40s');
      bot.expectsPage('bo', /Checkout is down/, 'chat');
      bot.expectsNothingElse();
      expect(new Set(bot.sentPages).size).toBe(1);
      expect((await bot.eventTypes()).filter((type) => type === 'incident.declared')).toHaveLength(1);
      await bot.types('bo', 'ack');
      bot.expectsMessage(ROOM, /acknowledged/);
    },
  );
});

describe('a bot that was away', () => {
  it('for an hour escalates at once, exactly once, and goes on from there', async () => {
    bot = await harness({ catalog, onDisk: true });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.restarts('1h');
    // What was due is late, not lost: the e-mail of the first level, and the second level, once.
    bot.expectsPage('bo', /Checkout is down/, 'email');
    bot.expectsMessage(ROOM, /Paging level 2/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsPage('bo', /Checkout is down/, 'email');
    await bot.fastForward('3m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Paging level 3/);
    bot.forget();
    await bot.types('ana', 'ack');
    bot.expectsMessage(ROOM, /acknowledged/);
  });

  it('asks nobody who acknowledged before it went', async () => {
    bot = await harness({ catalog, onDisk: true });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.types('bo', 'ack');
    await bot.types('bo', 'status mitigated');
    bot.forget();
    await bot.restarts('3h');
    await bot.fastForward('1h');
    bot.expectsNothingElse();
  });
});

describe('a clock that jumps', () => {
  it('an hour forward: the next level rings within a minute, once', async () => {
    bot = await harness({ catalog });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.clock.jump(3_600_000);
    await bot.fastForward('1m');
    bot.expectsPage('bo', /Checkout is down/, 'email');
    bot.expectsMessage(ROOM, /Paging level 2/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.expectsNothingElse();
    await bot.types('bo', 'ack');
    bot.expectsMessage(ROOM, /acknowledged/);
  });

  it('ten minutes back: it rings later by as much, nothing twice, nothing lost', async () => {
    bot = await harness({ catalog });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.clock.jump(-600_000);
    await bot.fastForward('10m');
    bot.expectsNothingElse();
    await bot.fastForward('5m');
    bot.expectsPage('bo', /Checkout is down/, 'email');
    bot.expectsMessage(ROOM, /Paging level 2/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.expectsNothingElse();
    await bot.types('bo', 'ack');
    // The page began in the future of the clock that was set back.
    bot.expectsMessage(ROOM, /Bo Berg acknowledged page 1-1 after 5m/);
  });
});
