import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { domains } from '../../src/domain/registry.ts';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
beforeEach(async () => {
  bot = await harness();
  await bot.types('cy', 'sev4 Checkout is slow');
});
afterEach(() => bot.close());

/** Who was denied what, in order. */
async function denials(): Promise<readonly string[]> {
  const entries = await bot.bot.store.entries({ stream: 'records/access', afterVersion: 0, limit: 100 });
  return entries.map(({ data }) => {
    const { asker, act, needs, stream } = JSON.parse(data ?? '{}');
    return `${asker}: ${act} (needs ${needs}) on ${stream}`;
  });
}

describe('an observer', () => {
  it('may look and declare, and is denied what changes something, whatever way it came', async () => {
    for (const words of ['status', 'list', 'timeline', 'oncall', 'switch', 'help', 'report']) {
      expect((await bot.types('dee', words)).reply.ok, words).toBe(true);
    }
    const typed = await bot.types('dee', 'note I was here');
    expect(typed.text).toBe('incident.note needs the rank responder; you have observer. Ask somebody who has it. This was recorded.\n');
    await bot.presses('dee', 'Resolve');
    await bot.fills('dee', 'update', { text: 'All is well' }, { incident: 1 });
    await bot.pins('dee', { message: 'm1' }, { incident: 1 });
    await bot.asks('person:dee', { type: 'switch.revert', switch: 'read-only', reason: 'because I can' });
    expect(await denials()).toEqual([
      'person:dee: incident.note (needs responder) on incident/1',
      'person:dee: incident.resolve (needs responder) on incident/1',
      'person:dee: incident.update (needs responder) on incident/1',
      'person:dee: incident.pin (needs responder) on incident/1',
      'person:dee: switch.revert (needs responder) on switch/read-only',
    ]);
    expect((await bot.bot.readings.incident(1))?.incident).toMatchObject({ status: 'investigating', updates: 0, pins: [] });
  });

  it('is on record once for ten deliveries of the same', async () => {
    for (let repeat = 0; repeat < 10; repeat += 1) await bot.types('dee', 'resolve', { key: 'slack-E9' });
    expect(await denials()).toHaveLength(1);
  });
});

describe('somebody nobody knows', () => {
  it('is told whom to ask, changes nothing, and is on record', async () => {
    const before = await bot.eventTypes();
    const { reply, text } = await bot.types('mallory', 'sev1 Wake everybody');
    expect(reply).toMatchObject({ ok: false, quiet: true });
    expect(text).toMatch(/I do not know mallory yet. Ask an admin to add you to allclear.yaml/);
    await bot.types('mallory', 'switch payments-off break-glass', { incident: 1 });
    await bot.fills('mallory', 'declare', { title: 'Wake everybody' });
    await bot.pins('mallory', { message: 'm1' }, { incident: 1 });
    await bot.types(`x\ud800${'y'.repeat(300)}`, 'help', { key: 'slack-E5' });
    await bot.types(`x\ud800${'y'.repeat(300)}`, 'help', { key: 'slack-E5' });
    expect((await denials()).map((line) => line.replace(/y+…/, 'y…'))).toEqual([
      'unknown:console:mallory: words (needs to be known) on none',
      'unknown:console:mallory: the command switch (needs to be known) on incident/1',
      'unknown:console:mallory: the form declare (needs to be known) on none',
      'unknown:console:mallory: a pin (needs to be known) on incident/1',
      'unknown:console:x\ufffdy…: words (needs to be known) on none',
    ]);
    expect((await bot.eventTypes()).filter((type) => type !== 'access.denied')).toEqual(before);
  });

  it('is stopped at the door too, by any surface', async () => {
    const answer = await bot.asks('person:mallory', { type: 'incident.resolve', incident: 1, summary: null });
    expect(answer).toMatchObject({ ok: false, code: 'not_known' });
    expect(await denials()).toEqual(['person:mallory: incident.resolve (needs responder) on incident/1']);
  });
});

describe('a source', () => {
  it('may tell of alerts and nothing else', async () => {
    const asked = [
      {
        type: 'incident.declare',
        title: 'x',
        severity: null,
        service: null,
        kind: 'incident',
        triage: false,
        alertGroup: null,
        description: null,
        startedAt: null,
      },
      { type: 'incident.resolve', incident: 1, summary: null },
      { type: 'page.acknowledge', page: '1-1', via: 'webhook' },
      { type: 'alert.release', group: 'abc' },
    ];
    for (const act of asked) expect(await bot.asks('source:alertmanager', act)).toMatchObject({ ok: false, code: 'not_permitted' });
    expect(await denials()).toHaveLength(asked.length);
  });
});

describe('a person', () => {
  it('may ask for no act that is only for the machine', async () => {
    const internal = domains
      .flatMap(({ acts }) => Object.entries(acts))
      .filter(([, { permission }]) => permission === 'internal' || permission === 'source');
    expect(internal.length).toBeGreaterThan(15);
    const answers = await Promise.all(
      [
        { type: 'page.escalate', page: '1-1', level: 0, round: 0 },
        { type: 'incident.begin', incident: 1 },
        { type: 'switch.expire', switch: 'read-only', version: 1, expiresAt: 0 },
        { type: 'run.poll', incident: 1, step: 'x', attempt: 1 },
        { type: 'access.deny', asker: 'person:bo', act: 'x', needs: 'y', stream: 'z' },
        {
          type: 'followup.published',
          incident: 1,
          url: null,
          branch: 'postmortem/inc-1',
          path: 'a.md',
          commit: 'a'.repeat(40),
          forge: 'x',
        },
      ].map((act) => bot.asks('person:ana', act)),
    );
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code))).toEqual(Array.from({ length: 6 }, () => 'not_permitted'));
  });

  it('is denied what needs a higher rank, and given it with that rank', async () => {
    const redact = { type: 'entry.redact', position: 1, reason: 'a customer is named' };
    expect(await bot.asks('person:bo', redact)).toMatchObject({ ok: false, code: 'not_permitted' });
    expect(await bot.asks('person:ana', redact)).toMatchObject({ ok: true });
    expect((await bot.bot.readings.incident(1))?.incident.title).toBe('[redacted]');
    expect(await bot.timeline(1)).toContain('Declared at sev4: [redacted]');
  });

  it('hears what cannot be read in words, not in a stack trace', async () => {
    const answers = [
      await bot.asks('person:bo', { type: 'incident.explode', incident: 1 }),
      await bot.asks('person:bo', { type: 'incident.note', incident: 'one', text: 'x' }),
      await bot.asks('person:bo', { type: 'incident.note', incident: 1, text: '' }),
      await bot.asks('person:bo', { type: 'incident.note', incident: 1, text: 'x', and: 'more' }),
    ];
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code))).toEqual(Array.from({ length: 4 }, () => 'malformed'));
  });
});
