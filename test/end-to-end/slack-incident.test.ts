import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edited, homeOpened, reaction } from '../support/slack/payloads.ts';
import { readMessage } from '../support/slack/seen.ts';
import { approved, FACTS, recovered } from './incident-steps.ts';
import { openSlackStage, type SlackStage } from './slack-stage.ts';

/** Some forty payloads, and a card that is edited once a second. */
const STORY_MS_MAX = 90_000;
/** Longer than anything takes to appear on a busy machine. */
const WAIT = { timeout: 15_000, interval: 50 };

describe('a whole incident in Slack', () => {
  let stage: SlackStage;
  let general: string;
  beforeAll(async () => {
    stage = await openSlackStage(async ({ edge, ids, as }) => {
      const { channel } = (await as('bot', 'conversations.create', { name: 'town-hall' })) as { channel: { id: string } };
      general = channel.id;
      edge.groups = [
        { id: 'S1', handle: 'oncall-payments', users: [] },
        { id: 'S2', handle: 'support', users: [ids['guest'] ?? ''] },
      ];
      return { invite: ['support'], onCall: { payments: 'oncall-payments' }, announce: { sev1: general } };
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
      await approved(stage, room, () => stage.says('ana', room, 'switch read-only on because the primary is losing writes'));
      await told(room);
      await captured(room);
      await ended(room);
      expect(stage.workspace.edge.complaints).toEqual([]);
      // Cy has no account there, which the operator hears of.
      expect(stage.log.filter((line) => !line.includes('Cy Okafor has no Slack user'))).toEqual([]);
    },
    STORY_MS_MAX,
  );

  async function declared(): Promise<void> {
    await expect.poll(() => stage.workspace.edge.groups[0]?.users).toEqual([stage.workspace.ids['bo']]);
    expect(await stage.says('ana', general, 'sev1 Checkout is down')).toMatch(
      /Declared at sev1: Checkout is down[\s\S]*(?:Room: .*inc-1-checkout-is-down|The room on slack is not open yet)/,
    );
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    await stage.sees(await stage.inbox('bo'), /\[SEV1\] inc-1 Checkout is down/);
    const { ana, bo, guest } = stage.workspace.ids;
    const members = async () => (await stage.workspace.as('bot', 'conversations.members', { channel: room }))['members'] as string[];
    await expect.poll(async () => (await members()).sort(), WAIT).toEqual([stage.workspace.botUser, ana, bo, guest].sort());
    await stage.sees(general, /inc-1 Checkout is down · SEV1/);
  }

  async function led(room: string): Promise<void> {
    expect(await stage.presses('bo', await stage.inbox('bo'), 'Acknowledge')).toContain('acknowledged');
    await stage.sees(room, /acknowledged/);
    await stage.presses('bo', room, 'Take Incident Commander');
    await stage.sees(await stage.inbox('bo'), /You are Incident Commander of inc-1/);
    await stage.says('bo', room, `handover ic <@${stage.workspace.ids['ana']}|ana> the primary is failing over`);
    await stage.sees(await stage.inbox('ana'), /wants to hand you Incident Commander/);
    await stage.presses('ana', await stage.inbox('ana'), 'Accept');
    await stage.sees(room, /Incident Commander: @U/);
  }

  async function told(room: string): Promise<void> {
    expect(await stage.presses('ana', room, 'Update')).toContain('Text');
    expect(await stage.fills('ana', { next: '20m' })).toContain('response_action');
    await stage.fills('ana', { text: 'Card payments fail. Writes are stopped while we roll back.', next: '20m' });
    await stage.sees(room, /Last update: .*Card payments fail/);
  }

  async function captured(room: string): Promise<void> {
    const { as } = stage.workspace;
    await as('bo', 'conversations.join', { channel: room });
    const { ts } = (await as('bo', 'chat.postMessage', { channel: room, text: 'it began with the deploy' })) as { ts: string };
    await stage.sends(reaction(stage.workspace, 'ana', room, ts, true, 'Ev1'));
    await expect.poll(() => stage.timeline(1), WAIT).toMatch(/📌 Bo Berg: it began with the deploy/);
    await stage.sends(
      edited(room, ts, 'it began with the deploy of 4.12', 'Ev2', [{ title: 'graph.png', permalink: 'https://x.example/f' }]),
    );
    await expect
      .poll(() => stage.timeline(1), WAIT)
      .toMatch(/Bo Berg: it began with the deploy of 4\.12\n📎 graph\.png https:\/\/x\.example\/f \(edited\)/);
  }

  async function ended(room: string): Promise<void> {
    await stage.presses('ana', room, 'Mitigated');
    await stage.says('bo', room, 'resolve rolled back to 4.11');
    await stage.sees(room, /inc-1 is resolved/);
    await stage.presses('bo', room, 'Turn read-only off');
    await stage.presses('ana', room, 'Postmortem');
    await stage.sees(room, /Postmortem of inc-1 is ready for review/);
    const home = stage.workspace.edge.shown(({ kind }) => kind === 'home');
    await stage.sends(homeOpened(stage.workspace, 'ana', 'Ev3'));
    expect(readMessage((await home).body)).toMatch(/Nothing rings for you[\s\S]*Nothing is open[\s\S]*Payments on call: @U/);
    await stage.says('ana', room, 'status closed');
    const timeline = await stage.timeline(1);
    for (const fact of FACTS) expect(timeline).toContain(fact);
    const bookmarks = (await stage.workspace.as('eyes', 'bookmarks.list', { channel_id: room }))['bookmarks'] as { title: string }[];
    expect(bookmarks.map(({ title }) => title)).toEqual(['Console', 'Runbook: Restore service', 'Dashboard']);
  }
});
