import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiscordStage, openDiscordStage } from './discord-stage.ts';
import { approved, FACTS, recovered } from './incident-steps.ts';

/** Some forty payloads, and a card that is edited once a second. */
const STORY_MS_MAX = 90_000;
/** Longer than anything takes to appear on a busy machine. */
const WAIT = { timeout: 15_000, interval: 50 };

describe('a whole incident in Discord', () => {
  let stage: DiscordStage;
  let general: string;
  beforeAll(async () => {
    stage = await openDiscordStage(({ state }) => {
      general = [...state.channels.values()].find(({ name }) => name === 'incidents')?.id ?? '';
      return { invite: ['everybody'], onCall: { payments: 'on-call' }, announce: { sev1: general } };
    });
  });
  afterAll(() => stage.stop());

  it(
    'is declared, acknowledged, led, recovered under two-person control, resolved and written up by two people',
    async () => {
      await declared();
      const room = await stage.room();
      await led(room);
      await recovered(stage, room);
      await approved(stage, room, () =>
        stage.does('ana', room, 'switch', { switch: 'read-only', do: 'on', reason: 'the primary is losing writes' }),
      );
      await told(room);
      await captured(room);
      await ended(room);
      expect(stage.far.complaints).toEqual([]);
      // Cy has no account there, which the operator hears of.
      expect(stage.log.filter((line) => !line.includes('Cy Okafor has no Discord user'))).toEqual([]);
    },
    STORY_MS_MAX,
  );

  async function declared(): Promise<void> {
    const { state, ids } = stage.far;
    const [onCall] = state.roles;
    await expect.poll(() => state.users.get(ids['bo'] ?? '')?.roles, WAIT).toEqual([onCall?.id]);
    const severity = { severity: 'sev1', title: 'Checkout is down', service: 'checkout' };
    expect(await stage.does('ana', general, 'declare', severity)).toMatch(
      /Declared at sev1: Checkout is down[\s\S]*(?:Room: .*inc-1-checkout-is-down|The room on discord is not open yet)/,
    );
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    await stage.sees(await stage.inbox('bo'), /\[SEV1\] inc-1 Checkout is down/);
    await stage.sees(general, /inc-1 Checkout is down · SEV1/);
    const lets = () => [...(state.channels.get(room)?.overwrites.keys() ?? [])];
    await expect.poll(lets, WAIT).toEqual(expect.arrayContaining([ids['ana'], ids['bo'], state.roles[1]?.id]));
    const called = () => stage.messages(room).filter(({ notified }) => notified.includes(ids['bo'] ?? ''));
    await expect.poll(called, WAIT).not.toEqual([]);
    await expect.poll(() => state.channels.get(room)?.topic, WAIT).toMatch(/SEV1 · .* · 🔊 <#\d+> · Console: http/);
  }

  async function led(room: string): Promise<void> {
    expect(await stage.presses('bo', await stage.inbox('bo'), 'Acknowledge')).toContain('acknowledged');
    await stage.sees(room, /acknowledged/);
    await stage.presses('bo', room, 'Take Incident Commander');
    await stage.sees(await stage.inbox('bo'), /You are Incident Commander of inc-1/);
    const briefing = 'the primary is failing over';
    await stage.does('bo', room, 'handover', { role: 'ic', person: stage.far.ids['ana'] ?? '', briefing });
    await stage.sees(await stage.inbox('ana'), /wants to hand you Incident Commander/);
    await stage.presses('ana', await stage.inbox('ana'), 'Accept');
    await stage.sees(room, new RegExp(`Incident Commander: <@${stage.far.ids['ana']}>`));
  }

  async function told(room: string): Promise<void> {
    expect(await stage.presses('ana', room, 'Update')).toContain('"label":"Text"');
    expect(await stage.fills('ana', room, { text: 'Card payments fail. Writes are stopped.', next: 'soon' })).toMatch(
      /"soon" is no duration/,
    );
    expect(await stage.presses('ana', room, 'Open the form')).toContain('Writes are stopped');
    await stage.fills('ana', room, { next: '20m' });
    await stage.sees(room, /Last update: .*Card payments fail/);
  }

  async function captured(room: string): Promise<void> {
    const { far } = stage;
    const { id } = far.says('bo', room, 'it began with the deploy');
    far.reacts('ana', room, id, '📌', true);
    await expect.poll(() => stage.timeline(1), WAIT).toMatch(/📌 Bo Berg: it began with the deploy/);
    far.edits(room, id, 'it began with the deploy of 4.12');
    await expect.poll(() => stage.timeline(1), WAIT).toMatch(/Bo Berg: it began with the deploy of 4\.12 \(edited\)/);
    const second = far.says('bo', room, 'never mind');
    far.reacts('ana', room, second.id, '📌', true);
    await expect.poll(() => stage.timeline(1), WAIT).toMatch(/Bo Berg: never mind/);
    far.reacts('ana', room, second.id, '📌', false);
    await expect.poll(() => stage.timeline(1), WAIT).not.toMatch(/never mind/);
  }

  async function ended(room: string): Promise<void> {
    await stage.presses('ana', room, 'Mitigated');
    await stage.does('bo', room, 'resolve', { summary: 'rolled back to 4.11' });
    await stage.sees(room, /inc-1 is resolved/);
    await stage.presses('bo', room, 'Turn read-only off');
    await stage.presses('ana', room, 'Postmortem');
    await stage.sees(room, /Postmortem of inc-1 is ready for review/);
    expect(await stage.does('ana', room, 'home')).toMatch(/Nothing rings for you[\s\S]*Nothing is open[\s\S]*Payments on call: <@/);
    await stage.does('ana', room, 'status', { status: 'closed' });
    // A button of an incident that is over answers politely.
    await expect.poll(() => stage.timeline(1), WAIT).toContain('The rooms are to be archived');
    const before = await stage.timeline(1);
    expect(await stage.presses('bo', await stage.inbox('bo'), 'Acknowledge')).toContain('Page 1-1 is stopped');
    const timeline = await stage.timeline(1);
    expect(timeline).toBe(before);
    for (const fact of FACTS) expect(timeline).toContain(fact);
  }
});
