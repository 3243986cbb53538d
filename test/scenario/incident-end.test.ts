import { afterEach, describe, expect, it } from 'vitest';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
afterEach(() => bot.close());

const ROOM = /^inc-1/;

describe('resolving', () => {
  it('stops every page, says what is still on with a button for each, and offers the postmortem', async () => {
    bot = await harness();
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout/, 'chat');
    await bot.types('cy', 'switch read-only on because writes are being lost');
    await bot.types('bo', 'approve read-only');
    bot.forget();
    const { text } = await bot.types('cy', 'resolve rolled back to v41');
    expect(text).toMatch(/Resolved: rolled back to v41 \(still on: read-only\)\s+Next: \/inc postmortem while it is fresh/);
    bot.expectsMessage(ROOM, /inc-1 is resolved[\s\S]*Still on:\s+- read-only[\s\S]*Turn read-only off/);
    await bot.presses('cy', 'Turn read-only off');
    bot.expectsMessage(ROOM, /Read-only mode: on → off/);
    expect(bot.card(1)).toMatch(/Page 1-1: +stopped[\s\S]*Switch Read-only mode: off/);
    await bot.fastForward('3h');
  });

  it('is offered on the card, and reopening asks why', async () => {
    bot = await harness();
    await bot.types('cy', 'sev4 Checkout is slow');
    await bot.presses('cy', 'Resolve');
    bot.expectsMessage(ROOM, /inc-1 is resolved/);
    const { reply, text } = await bot.presses('cy', 'Reopen');
    expect(text).toMatch(/For example: \/inc reopen it is back on half of the pods/);
    expect(reply.form?.fields.map(({ name, required }) => [name, required])).toEqual([
      ['reason', true],
      ['incident', true],
    ]);
    await bot.fills('cy', 'reopen', { reason: 'it is back' }, { incident: 1 });
    bot.expectsMessage(ROOM, /inc-1 is open again/);
    expect((await bot.types('cy', 'reopen inc-1 again')).text).toMatch(/inc-1 is investigating, so there is nothing to reopen/);
    const { reply: page } = await bot.presses('cy', 'Page');
    expect(page.ok).toBe(false);
  });
});

describe('merging a duplicate', () => {
  it('stops its pages, tells both rooms, and goes on in the other one', async () => {
    bot = await harness();
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /inc-1/, 'chat');
    await bot.types('ana', 'sev1 Nobody can pay at checkout');
    bot.expectsPage('bo', /inc-2/, 'chat');
    await bot.types('ana', 'merge inc-1', { incident: 2 });
    bot.expectsMessage(/^inc-2/, /This incident was merged into inc-1. Go on there/);
    bot.expectsMessage(ROOM, /inc-2 was merged into this one: Nobody can pay at checkout/);
    await bot.fastForward('1m');
    bot.expectsPage('bo', /inc-1/, 'email');
    await bot.types('bo', 'ack');
    bot.expectsMessage(ROOM, /acknowledged page 1-1/);
    expect((await bot.types('ana', 'update hello', { incident: 2 })).text).toMatch(/inc-2 is merged/);
    expect((await bot.types('ana', 'merge inc-1', { incident: 1 })).text).toMatch(/cannot be merged into itself/);
    expect((await bot.types('ana', 'merge inc-9', { incident: 1 })).text).toMatch(/There is no inc-9/);
    expect((await bot.types('ana', 'action inc-2 look at the cache')).text).toMatch(/merged into inc-1. Say it there/);
  });

  it('keeps drills and earnest apart', async () => {
    bot = await harness();
    await bot.types('cy', 'sev4 Checkout is slow');
    await bot.types('cy', 'drill sev4 Search is slow');
    expect((await bot.types('cy', 'merge inc-2', { incident: 1 })).text).toMatch(/One of the two is a drill/);
  });
});

describe('canceling', () => {
  it('stops everything and keeps the record', async () => {
    bot = await harness();
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout/, 'chat');
    await bot.types('cy', 'cancel it was the staging dashboard');
    bot.expectsMessage(ROOM, /inc-1 was canceled by Cy Okafor: it was the staging dashboard/);
    await bot.fastForward('2h');
    expect((await bot.timeline(1)).slice(-2)).toEqual([
      'Canceled: it was the staging dashboard',
      'Paging stopped: the incident was canceled',
    ]);
    expect((await bot.types('bo', 'ack 1-1')).text).toMatch(/Page 1-1 is stopped/);
  });
});

describe('several open incidents', () => {
  it('are told apart by the room, by name, or by asking back', async () => {
    bot = await harness();
    await bot.types('cy', 'sev4 Checkout is slow');
    await bot.types('cy', 'sev4 Search is slow');
    expect((await bot.types('cy', 'note both are slow')).text).toMatch(
      /Which incident\? Open now: inc-2 \(Search is slow\), inc-1 \(Checkout is slow\)/,
    );
    await bot.types('cy', 'note inc-2 the index is rebuilt');
    await bot.types('cy', 'note the cache is cold', { incident: 1 });
    expect((await bot.timeline(1)).at(-1)).toBe('the cache is cold');
    expect((await bot.timeline(2)).at(-1)).toBe('the index is rebuilt');
    expect((await bot.types('cy', 'note inc-9 hello')).text).toMatch(/There is no inc-9. Try \/inc list/);
    expect((await bot.types('cy', 'list')).text).toMatch(
      /Open incidents\s+- inc-2 Search is slow · SEV4 · investigating\s+- inc-1 Checkout is slow/,
    );
    await bot.types('cy', 'resolve inc-1');
    await bot.types('cy', 'resolve inc-2');
    bot.forget();
    expect((await bot.types('cy', 'note it is quiet')).text).toMatch(/No incident is open. Declare one/);
    expect((await bot.types('cy', 'list')).text).toMatch(/Nothing is open. The latest:/);
  });
});

describe('the postmortem', () => {
  it('waits until the fire is out, is published, and again with what was added', async () => {
    bot = await harness();
    await bot.types('cy', 'sev4 Checkout is slow');
    expect((await bot.types('cy', 'postmortem')).text).toMatch(/inc-1 is still investigating/);
    await bot.types('cy', 'note factor: the cache had no time to live');
    await bot.types('cy', 'resolve a bigger cache');
    bot.expectsMessage(ROOM, /inc-1 is resolved/);
    await bot.presses('cy', 'Postmortem');
    bot.expectsMessage(ROOM, /Postmortem of inc-1 is ready for review/);
    expect(bot.published).toHaveLength(1);
    expect(bot.published[0]?.markdown).toMatch(/the cache had no time to live/);
    await bot.types('bo', 'action inc-1 alert on cache age @cy by 2026-04-01');
    bot.expectsMessage('@cy', /Action item 1 of inc-1 is yours\s+> alert on cache age[\s\S]*Due: +2026-03-31/);
    await bot.presses('cy', 'Publish again');
    bot.expectsMessage(ROOM, /Postmortem of inc-1 is ready for review/);
    expect(bot.published[1]?.markdown).toMatch(/alert on cache age/);
    await bot.presses('cy', 'Done');
    expect((await bot.timeline(1)).at(-1)).toBe('Action item 1 is done: alert on cache age');
    expect((await bot.types('cy', 'report')).text).toMatch(/Incidents: +1[\s\S]*Median to resolve: +0s/);
  });

  it('of a drill stays out of the report', async () => {
    bot = await harness({ catalog: exampleCatalog });
    await bot.types('cy', 'drill sev4 Checkout is slow');
    await bot.types('cy', 'resolve');
    bot.forget();
    expect((await bot.types('cy', 'report 7d')).text).toMatch(/Incidents: +0\s+Drills: +1[\s\S]*Median to resolve: +nothing to measure/);
  });
});
