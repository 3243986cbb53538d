import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatRules } from '../../src/domain/catalog.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

const RULES: ChatRules = { ranks: {}, announce: {}, invite: [], onCall: {} };
const withRules = (rules: Partial<ChatRules>) => ({ ...exampleCatalog, chat: { console: { ...RULES, ...rules } } });

describe('the rank a group gives', () => {
  let bot: Harness;
  beforeEach(async () => {
    bot = await harness({ catalog: withRules({ ranks: { sre: 'responder', leads: 'commander' } }) });
    await bot.types('ana', 'sev4 Search is slow');
    bot.room.said.length = 0;
  });
  afterEach(() => bot.close());

  it('lets an observer of the file work while they are in it, and not a moment longer', async () => {
    expect((await bot.types('dee', 'note seen it', { incident: 1 })).text).toContain('needs the rank responder');
    bot.room.members.set('sre', ['dee']);
    expect((await bot.types('dee', 'note seen it', { incident: 1 })).reply.ok).toBe(true);
    bot.room.members.set('sre', []);
    expect((await bot.types('dee', 'note again', { incident: 1 })).reply.ok).toBe(false);
  });

  it('counts at the one door, also for what a domain decides by rank', async () => {
    const assign = (person: string) => bot.asks('person:cy', { type: 'incident.assign', incident: 1, role: 'ic', person });
    await bot.asks('person:ana', { type: 'incident.assign', incident: 1, role: 'ic', person: 'bo' });
    expect(await assign('cy')).toMatchObject({ ok: false, code: 'role_held' });
    bot.room.members.set('leads', ['cy']);
    expect(await assign('cy')).toMatchObject({ ok: true });
    bot.room.said.length = 0;
  });

  it('gives nothing to strangers, and takes nothing from who has more', async () => {
    bot.room.members.set('leads', ['mallory', 'ana']);
    expect(await bot.asks('person:mallory', { type: 'incident.note', incident: 1, text: 'hi' })).toMatchObject({ code: 'not_known' });
    expect(await bot.asks('person:ana', { type: 'incident.note', incident: 1, text: 'hi' })).toMatchObject({ ok: true });
  });

  it('holds nothing up while the platform cannot say', async () => {
    Object.assign(bot.room, { groups: () => Promise.reject(new Error('Slack is ill')) });
    expect(await bot.asks('person:cy', { type: 'incident.note', incident: 1, text: 'hi' })).toMatchObject({ ok: true });
    expect(await bot.asks('person:dee', { type: 'incident.note', incident: 1, text: 'hi' })).toMatchObject({ code: 'not_permitted' });
  });
});

describe('a group that follows a schedule', () => {
  let bot: Harness;
  const group = () => bot.room.members.get('oncall-payments');
  beforeEach(async () => {
    bot = await harness({ catalog: withRules({ onCall: { payments: 'oncall-payments' } }) });
  });
  afterEach(() => bot.close());

  it('is those on call from the start, and is handed over with the shift', async () => {
    expect(group()).toEqual(['bo']);
    // 09:00 in Berlin is five hours later.
    await bot.fastForward('4h59m');
    expect(group()).toEqual(['bo']);
    await bot.fastForward('1m');
    expect(group()).toEqual(['cy']);
    expect((await bot.eventTypes()).filter((type) => type === 'oncall.handed-over')).toHaveLength(2);
  });

  it('follows overrides as they begin, end and are taken back', async () => {
    const now = bot.clock.now();
    const override = { type: 'oncall.override', schedule: 'payments', person: 'ana', replaces: null, reason: null };
    await bot.asks('person:ana', { ...override, from: now + 60_000, until: now + 120_000 });
    expect(group()).toEqual(['bo']);
    await bot.fastForward('1m');
    expect(group()).toEqual(['ana']);
    await bot.fastForward('1m');
    expect(group()).toEqual(['bo']);
    const made = await bot.asks('person:ana', { ...override, from: bot.clock.now(), until: bot.clock.now() + 3_600_000 });
    expect(group()).toEqual(['ana']);
    if (!made.ok) throw new Error(made.sentence);
    const [first] = made.events;
    const { override: id } = (first ?? { data: {} }).data as { override: string };
    await bot.asks('person:ana', { type: 'oncall.remove-override', schedule: 'payments', override: id });
    expect(group()).toEqual(['bo']);
  });

  it('catches up after a night without the bot, and asks for nothing new when nothing changed', async () => {
    const before = await bot.eventTypes();
    await bot.restarts();
    expect(await bot.eventTypes()).toEqual(before);
    await bot.restarts('6h');
    expect(group()).toEqual(['cy']);
  });

  it('is kept by the outbox: what failed is tried again', async () => {
    bot.room.failWith({ outcome: 'retry', reason: 'server', detail: 'answered 503' }, ['group']);
    await bot.fastForward('5h');
    expect(group()).toEqual(['bo']);
    bot.room.failWith(null);
    await bot.fastForward('2m');
    expect(group()).toEqual(['cy']);
  });
});
