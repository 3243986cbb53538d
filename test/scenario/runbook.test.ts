import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';
import { catalogWithRunbooks } from '../support/shipped-runbooks.ts';

const ROOM = /^inc-1/;
const catalog: Catalog = {
  ...catalogWithRunbooks,
  severities: catalogWithRunbooks.severities.map((severity) => ({ ...severity, updateEveryMs: null })),
};

let bot: Harness;
beforeEach(async () => {
  bot = await harness({ catalog });
  await bot.types('cy', 'sev4 Checkout is slow');
});
afterEach(() => bot.close());

/** The title of the step that is due, from the card. */
const now = (): string => /Now: (.*?)(?: · .*)?\n/.exec(bot.card(1))?.[1] ?? 'nothing';

/** The first four steps of the runbook: it is real, roles are filled, people know. */
async function begun(): Promise<void> {
  await bot.presses('cy', 'Start runbook');
  bot.expectsMessage(ROOM, /Recover in 15 · the clock runs, 15m\s+=+\s+First: Confirm it/);
  await bot.presses('cy', 'It is real');
  await bot.presses('bo', 'I take ic');
  await bot.presses('cy', 'I take ops');
  bot.expectsMessage(ROOM, /Bo Berg is Incident Commander/);
  bot.expectsMessage('@bo', /You are Incident Commander/);
  bot.expectsMessage(ROOM, /Cy Okafor is Operations Lead/);
  bot.expectsMessage('@cy', /You are Operations Lead/);
  bot.expectsMessage(ROOM, /Update 1 by Cy Okafor\s+> We see a problem and are working on it/);
  expect(now()).toBe('Ask what changed');
}

describe('Recover in 15', () => {
  it('leads from the first look to the end, by buttons', async () => {
    await begun();
    expect(bot.card(1)).toMatch(/Runbook: +Recover in 15 · 5\/\d+ · running · clock ends in 15m/);
    expect(bot.card(1)).toMatch(/> Most outages follow a change/);
    await bot.presses('cy', 'Roll back');
    expect(now()).toBe('Roll it back');
    for (const step of ['Roll it back', 'Tell people what you did', 'Verify']) {
      expect(now()).toBe(step);
      await bot.types('cy', 'step done');
    }
    await bot.presses('bo', 'Customers are fine');
    await bot.types('bo', 'step done mitigated at 03:00');
    await bot.presses('bo', 'It holds');
    await bot.types('bo', 'step done');
    bot.expectsMessage(ROOM, /Recover in 15 is finished after 0s of 15m/);
    expect(bot.card(1)).toMatch(/Runbook: +Recover in 15 · (\d+)\/\1 · finished/);
    expect((await bot.types('bo', 'step done')).text).toMatch(/The runbook waits for no step now/);
  });

  it('asks at five, ten and fifteen minutes, and a decision changes the way', async () => {
    await begun();
    await bot.fastForward('2m');
    bot.expectsMessage(ROOM, /Ask what changed takes longer than its 2m/);
    expect(bot.card(1)).toMatch(/Now: Ask what changed · until 03:02 UTC · over its time/);
    await bot.fastForward('3m');
    bot.expectsMessage(ROOM, /T\+5m · Five minutes in[\s\S]*Still open: Ask what changed\s+Bo Berg, stop for a moment/);
    await bot.types('bo', 'step decide Roll back');
    expect(now()).toBe('Roll it back');
    expect((await bot.types('ana', 'step decide 5m go-on')).text).toMatch(/Bo Berg decided at 5m already: Roll back/);
    await bot.types('cy', 'step done rolled back to v41');
    await bot.fastForward('5m');
    bot.expectsMessage(ROOM, /T\+10m/);
    bot.forget();
    await bot.types('bo', 'step decide go-on');
    await bot.fastForward('5m');
    bot.expectsMessage(ROOM, /T\+15m · Fifteen minutes are over/);
    bot.forget();
    expect((await bot.timeline(1)).filter((line) => /T\+|15m|Decided/i.test(line)).length).toBeGreaterThan(3);
  });

  it('flips read-only mode only when a second person approves it', async () => {
    await begun();
    await bot.types('cy', 'step choose Read-only');
    expect(now()).toBe('Go read-only');
    bot.expectsMessage(ROOM, /Approve Read-only mode: off → on\?/);
    for (const approver of ['@ana', '@bo']) bot.expectsMessage(approver, /Your approval is needed/);
    expect((await bot.types('cy', 'approve read-only')).text).toMatch(/Nobody approves their own request/);
    await bot.types('ana', 'approve read-only');
    bot.expectsMessage(ROOM, /Read-only mode: off → on/);
    expect(now()).toBe('Tell people what you did');
  });

  it('stops at a declined switch and waits for people', async () => {
    await begun();
    await bot.types('cy', 'step choose read-only');
    bot.forget();
    await bot.types('ana', 'decline read-only because the failover is almost done');
    bot.expectsMessage(ROOM, /Declined: Read-only mode/);
    bot.expectsMessage(ROOM, /Go read-only failed\s+=+\s+> read-only was not flipped: the request was declined/);
    const { reply } = await bot.presses('cy', 'Skip it');
    expect(reply.form?.fields.find(({ name }) => name === 'words')?.value).toBe('go-read-only');
    await bot.types('cy', 'step skip go-read-only the failover did it');
    expect(now()).toBe('Tell people what you did');
    await bot.types('cy', 'step retry ask-what-changed');
    expect(now()).toBe('Ask what changed');
  });

  it('is paused with its clock, resumed, and aborted', async () => {
    await begun();
    await bot.fastForward('1m');
    await bot.types('bo', 'runbook pause');
    await bot.fastForward('1h');
    expect(bot.card(1)).toMatch(/Runbook: +Recover in 15 · 5\/\d+ · paused/);
    expect((await bot.types('cy', 'step done')).text).toMatch(/The runbook is paused/);
    await bot.presses('bo', 'Go on');
    await bot.fastForward('59s');
    bot.expectsNothingElse();
    await bot.fastForward('1s');
    bot.expectsMessage(ROOM, /Ask what changed takes longer than its 2m/);
    await bot.fastForward('3m');
    bot.expectsMessage(ROOM, /T\+5m/);
    await bot.types('bo', 'runbook abort it went away by itself');
    expect(bot.card(1)).toMatch(/Runbook: +Recover in 15 · 5\/\d+ · aborted/);
    await bot.fastForward('1h');
    expect((await bot.types('bo', 'runbook resume')).text).toMatch(/No runbook is under way in inc-1/);
  });

  it('rests while its incident is over, and goes on when it is back', async () => {
    await begun();
    await bot.types('bo', 'resolve');
    bot.expectsMessage(ROOM, /resolved/);
    await bot.fastForward('20m');
    expect((await bot.types('cy', 'step inc-1 done')).text).toMatch(/inc-1 is resolved, so its runbook rests/);
    await bot.types('bo', 'reopen inc-1 it is back');
    bot.expectsMessage(ROOM, /open again/);
    expect((await bot.types('cy', 'step choose roll-back')).reply.ok).toBe(true);
  });

  it('asks what is meant when words are missing', async () => {
    await begun();
    const { text, reply } = await bot.types('cy', 'step choose');
    expect(text).toBe('ask-what-changed is a choice: roll-back, read-only, shed-load, kill-payments, fail-over. Say which one.\n');
    expect(reply.form?.command).toBe('step');
    expect((await bot.types('cy', 'step choose pray')).text).toMatch(/There is no option pray. Choose one of roll-back/);
    expect((await bot.types('cy', 'step skip')).text).toMatch(/Why\?/);
    expect((await bot.types('cy', 'step done')).text).toMatch(/ask-what-changed is a choice/);
    expect((await bot.types('cy', 'runbook start recover-in-15')).text).toMatch(/“Recover in 15” is under way/);
  });
});

describe('a dry run', () => {
  it('asks for nothing in the world', async () => {
    await bot.types('cy', 'runbook dry-run recover-in-15');
    bot.expectsMessage(ROOM, /Dry run: Recover in 15/);
    await bot.presses('cy', 'It is real');
    for (const _role of ['ic', 'ops']) await bot.types('cy', 'step done');
    await bot.types('cy', 'step choose read-only');
    bot.expectsNothingElse();
    expect((await bot.timeline(1)).join('\n')).toMatch(/Dry run, nothing was done. It would: Ask for the switch read-only on for 1h/);
  });
});

describe('a runbook', () => {
  it('is named when there is none to guess', async () => {
    bot.reconfigures({ ...catalog, incidents: { ...catalog.incidents, runbook: null } });
    const { text, reply } = await bot.types('cy', 'runbook');
    expect(text).toMatch(/Which runbook\? Known: bad-deploy, database-overloaded, dependency-down, recover-in-15/);
    expect(reply.form?.fields.find(({ name }) => name === 'runbook')?.choices).toHaveLength(4);
    expect((await bot.types('cy', 'step done')).text).toMatch(/No runbook is running in this incident/);
  });
});
