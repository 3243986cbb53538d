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
  await bot.types('cy', 'sev4 Checkout is slow');
});
afterEach(() => bot.close());

/** Cy asks for read-only mode; ana and bo may approve. */
async function asked(): Promise<void> {
  await bot.types('cy', 'switch read-only on for 30m because the primary is losing writes');
  bot.expectsMessage(
    ROOM,
    /Approve Read-only mode: off → on\?\s+=+\s+> the primary is losing writes[\s\S]*Needs: +1 approval by somebody else\s+May approve: +Ana Lima, Bo Berg\s+Stays on: +30m/,
  );
  for (const approver of ['@ana', '@bo'])
    bot.expectsMessage(approver, /Your approval is needed in inc-1[\s\S]*You approve exactly this, once/);
}
async function on(): Promise<void> {
  await asked();
  await bot.presses('bo', 'Approve');
  bot.expectsMessage(ROOM, /Read-only mode: off → on[\s\S]*Asked by: +Cy Okafor\s+Approved by: +Bo Berg\s+Off by itself: +03:30 UTC/);
}

describe('a flip under two-person control', () => {
  it('is asked with a reason, approved by somebody else with a button, and shown on card and board', async () => {
    await asked();
    expect(bot.card(1)).toMatch(/Switch Read-only mode: off · Cy Okafor asks for on, needs approval/);
    await bot.presses('bo', 'Approve');
    bot.expectsMessage(ROOM, /Read-only mode: off → on/);
    expect(bot.card(1)).toMatch(/Switch Read-only mode: ON until 03:30 UTC/);
    expect((await bot.types('dee', 'switch')).text).toMatch(
      /Read-only mode \(read-only\): .*until 03:30 UTC: the primary is losing writes/i,
    );
    expect((await bot.presses('ana', 'Approve')).text).toBe('Request r1 was approved and carried out already. Nothing changed.\n');
  });

  it('is asked for, approved and heard of in letters where there is no incident', async () => {
    await bot.close();
    bot = await harness({ catalog });
    await bot.types('cy', 'switch read-only on for 30m because the primary is losing writes');
    for (const approver of ['@ana', '@bo']) bot.expectsMessage(approver, /Your approval is needed\s+=+[\s\S]*the primary is losing writes/);
    await bot.presses('bo', 'Approve');
    bot.expectsMessage('@cy', /Read-only mode: off → on[\s\S]*Approved by: +Bo Berg/);
  });

  it('is refused without a reason, and the form asks for one', async () => {
    const { text, reply } = await bot.types('cy', 'switch read-only on');
    expect(text).toMatch(/Say why in at least \d+ characters/);
    expect(reply.form?.fields.find(({ name }) => name === 'switch')?.value).toBe('read-only');
    await bot.fills('cy', 'switch', { switch: 'read-only', do: 'on', reason: 'the primary is losing writes' }, { incident: 1 });
    bot.forget();
    await bot.types('bo', 'approve read-only');
    bot.expectsMessage(ROOM, /Read-only mode: off → on/);
  });

  it('is never approved by who asked, nor by who may not, nor twice', async () => {
    await asked();
    expect((await bot.types('cy', 'approve read-only r1')).text).toBe('Nobody approves their own request. Who may: Ana Lima, Bo Berg.\n');
    expect((await bot.types('dee', 'approve read-only r1')).text).toMatch(/switch.approve needs the rank responder; you have observer/);
    expect((await bot.types('ana', 'approve read-only r9')).text).toMatch(/There is no open request r9/);
    expect((await bot.types('ana', 'approve payments-off')).text).toMatch(/Nobody asks for payments-off to be switched now/);
    expect((await bot.types('ana', 'switch read-only on because I want it too')).text).toMatch(
      /has an open request already \(r1: off → on, by Cy Okafor\)/,
    );
  });

  it('is declined with a reason, and dead from then on', async () => {
    await asked();
    const { reply } = await bot.presses('ana', 'Decline');
    expect(reply.form?.fields.map(({ name, value }) => `${name}=${value}`)).toEqual(['switch=read-only', 'request=r1', 'reason=']);
    await bot.fills('ana', 'decline', { switch: 'read-only', request: 'r1', reason: 'the failover is almost done' });
    bot.expectsMessage(ROOM, /Declined: Read-only mode off → on by Ana Lima\s+> the failover is almost done/);
    expect((await bot.presses('bo', 'Approve')).text).toMatch(/Request r1 was declined and cannot be approved any more/);
  });

  it('dies when nobody answers in time', async () => {
    await asked();
    await bot.fastForward('10m');
    bot.expectsMessage(
      ROOM,
      /Nobody approved in time: Read-only mode off → on \(0 of 1\)[\s\S]*Break the glass: \/incident switch read-only break-glass/,
    );
    expect((await bot.presses('bo', 'Approve')).text).toMatch(/Request r1 is too old to be approved/);
    const { text, reply } = await bot.presses('cy', 'Break the glass');
    expect(text).toBe(
      "To break the glass, type the switch's name again: /inc switch read-only break-glass again read-only because <reason>.\n",
    );
    expect(reply.form?.fields.find(({ name }) => name === 'do')?.value).toBe('break-glass');
  });

  it('turns itself off after a warning, unless somebody else extends it', async () => {
    await on();
    await bot.fastForward('25m');
    bot.expectsMessage(ROOM, /Read-only mode turns itself off in 5m/);
    for (const person of ['@cy', '@bo']) bot.expectsMessage(person, /Read-only mode turns itself off in 5m/);
    const { text, reply } = await bot.presses('ana', 'Extend');
    expect(text).toMatch(/For how long\?/);
    expect(reply.form?.command).toBe('switch');
    expect((await bot.types('cy', 'switch read-only extend for 20m because not yet stable')).text).toMatch(
      /somebody else who may approve extends it: Ana Lima, Bo Berg/,
    );
    await bot.types('ana', 'switch read-only extend for 20m because not yet stable');
    bot.expectsMessage(ROOM, /Read-only mode was extended by Ana Lima[\s\S]*03:45 UTC/);
    await bot.fastForward('15m');
    bot.expectsMessage(ROOM, /turns itself off in 5m/);
    for (const person of ['@cy', '@bo']) bot.expectsMessage(person, /turns itself off/);
    await bot.fastForward('5m');
    bot.expectsMessage(ROOM, /Read-only mode: on → off\s+=+\s+Its time was up/);
    expect(bot.card(1)).toMatch(/Switch Read-only mode: off/);
  });

  it('is turned off by anybody who answers for it, and nothing of it comes later', async () => {
    await on();
    const { text } = await bot.presses('cy', 'Turn off');
    expect(text).toMatch(/Say why/);
    await bot.types('cy', 'switch read-only off because the primary is well');
    bot.expectsMessage(ROOM, /Read-only mode: on → off/);
    await bot.fastForward('2h');
    expect((await bot.types('cy', 'switch read-only off because again')).text).toMatch(/Read-only mode is off already/);
  });
});

describe('broken glass', () => {
  beforeEach(async () => {
    await bot.types('cy', 'switch read-only break-glass again read-only because nobody answers and data is being lost');
    bot.expectsMessage(ROOM, /Glass broken: Read-only mode off → on\s+=+\s+Cy Okafor flipped this alone[\s\S]*Review by: +03:30 UTC/);
    for (const person of ['@ana', '@bo']) bot.expectsMessage(person, /Glass was broken in inc-1: your review is needed/);
  });

  it('is confirmed by somebody else, with a button', async () => {
    expect((await bot.types('cy', 'switch read-only confirm 1')).text).toMatch(
      /You broke the glass yourself, so somebody else must review it/,
    );
    await bot.presses('bo', 'Confirm');
    bot.expectsMessage(ROOM, /Confirmed: Read-only mode off → on\s+Bo Berg reviewed the glass that Cy Okafor broke/);
    await bot.fastForward('54m');
    bot.expectsNothingElse();
    await bot.types('bo', 'switch read-only off because it is over');
    bot.forget();
  });

  it('is rejected by somebody else, and taken back at once', async () => {
    await bot.presses('ana', 'Reject and take back');
    bot.expectsMessage(ROOM, /Rejected: Read-only mode off → on/);
    bot.expectsMessage(ROOM, /Read-only mode: on → off\s+=+\s+Ana Lima rejected the broken glass/);
    expect((await bot.types('bo', 'switch read-only confirm')).text).toMatch(/No broken glass of read-only waits for a review/);
  });

  it('is taken back when nobody looks at it in time', async () => {
    await bot.fastForward('30m');
    bot.expectsMessage(ROOM, /Nobody reviewed broken glass: Read-only mode off → on/);
    bot.expectsMessage(ROOM, /Nobody reviewed the broken glass in time, so it was taken back/);
    expect((await bot.types('bo', 'switch read-only confirm 1')).text).toMatch(/Flip 1 of Read-only mode waits for no review/);
  });
});

describe('a drill', () => {
  it('only rehearses', async () => {
    await bot.types('cy', 'drill sev4 Search is slow');
    await bot.types('cy', 'switch read-only on because we rehearse this', { incident: 2 });
    bot.expectsMessage(/^drill-2/, /Drill: Approve Read-only mode[\s\S]*This is a drill: nothing will be flipped/);
    for (const person of ['@ana', '@bo']) bot.expectsMessage(person, /Drill: Your approval is needed/);
    await bot.types('bo', 'approve read-only');
    bot.expectsMessage(/^drill-2/, /Drill: Read-only mode off → on would have been flipped now/);
    expect((await bot.types('bo', 'switch')).text).toMatch(/Read-only mode \(read-only\): off/);
  });
});
