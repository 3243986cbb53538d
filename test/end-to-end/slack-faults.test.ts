import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMessage } from '../support/slack/seen.ts';
import { openSlackStage, type SlackStage } from './slack-stage.ts';

/** A call that is never answered is given up after ten seconds, and tried again. */
const TEST_MS_MAX = 60_000;
const WAIT = { timeout: 25_000, interval: 50 };
const refuses = (error: string, more: object = {}) => ({ status: 200, body: { ok: false, error, ...more } });

/** What the room, the person and the ledger see when Slack is in trouble. Paging goes on in each. */
describe('Slack in trouble, from the room', { timeout: TEST_MS_MAX }, () => {
  let stage: SlackStage;
  let general: string;
  let library: Worker | undefined;
  const remember = (worker: Worker): void => {
    if (worker.threadName === 'slack') library = worker;
  };
  beforeEach(async () => {
    process.on('worker', remember);
    stage = await openSlackStage(async ({ as }) => {
      const { channel } = (await as('bot', 'conversations.create', { name: 'general-talk' })) as { channel: { id: string } };
      general = channel.id;
      return {};
    });
  });
  afterEach(async () => {
    process.off('worker', remember);
    await stage.stop();
  });

  const declare = () => stage.says('ana', general, 'sev1 Checkout is down');
  const ledger = async (): Promise<readonly string[]> => (await stage.running.composed.bot.readings.timeline(1)).map(({ text }) => text);
  const inLedger = (line: RegExp) => expect.poll(async () => (await ledger()).join('\n'), WAIT).toMatch(line);
  async function toTheRoom(): Promise<(args: Readonly<Record<string, unknown>>) => boolean> {
    const inbox = [await stage.inbox('ana'), await stage.inbox('bo')];
    return ({ channel }) => !inbox.includes(String(channel));
  }
  const isPaged = async () => {
    await stage.sees(await stage.inbox('bo'), /\[SEV1\] inc-1 Checkout is down/);
    await inLedger(/<@bo> was notified by chat/);
  };
  const calls = (method: string) => stage.workspace.edge.calls.filter((call) => call.method === method).length;

  it('429: the card comes as soon as Slack allows, once; nobody else notices', async () => {
    const when = await toTheRoom();
    stage.workspace.edge.fault('chat.postMessage', { status: 429, body: {}, headers: { 'retry-after': '1' }, when });
    expect(await declare()).toContain('Declared');
    await isPaged();
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    const cards = (await stage.messages(room)).map(readMessage).filter((text) => text.includes('inc-1 · Checkout is down'));
    expect(cards).toHaveLength(1);
    expect((await ledger()).join('\n')).not.toContain('lacks');
  });

  it('5xx: the room opens when Slack is back; the page did not wait for it', async () => {
    stage.workspace.edge.fault('conversations.create', { status: 503, body: {} }, { status: 500, body: {} });
    expect(await declare()).toContain('Declared');
    await isPaged();
    await inLedger(/Room opened on slack/);
    expect(calls('conversations.create')).toBe(3);
  });

  it('silence: the message is looked for, then said, once; the page went out meanwhile', async () => {
    const when = await toTheRoom();
    stage.workspace.edge.fault('chat.postMessage', { hang: true, when });
    await declare();
    await isPaged();
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    expect(calls('conversations.history')).toBeGreaterThan(0);
  });

  it.each([
    ['channel_not_found', 'invite the app, or go on in the console'],
    ['is_archived', 'unarchive it, or go on in the console'],
  ])('%s: who leads reads it in a direct message, the ledger keeps it, commands go on', async (error, advice) => {
    await declare();
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    const when = ({ channel }: Readonly<Record<string, unknown>>) => channel === room;
    for (const method of ['chat.postMessage', 'chat.update'])
      stage.workspace.edge.fault(method, ...Array.from({ length: 20 }, () => ({ ...refuses(error), when })));
    expect(await stage.says('ana', room, 'update Card payments fail')).toContain('Update: Card payments fail');
    await stage.sees(await stage.inbox('ana'), new RegExp(`lacks its (messages|card):.*${advice}`));
    await inLedger(new RegExp(`The room on slack lacks its messages: .*${error}`));
    expect(await stage.says('bo', room, 'ack')).toContain('acknowledged');
  });

  it('a revoked token: the command is answered all the same, and the ledger says what could not be done', async () => {
    stage.workspace.edge.outage = refuses('token_revoked');
    // The address a command is answered at needs no token.
    expect(await declare()).toMatch(/Declared[\s\S]*No room on slack:.*token_revoked.*SLACK_BOT_TOKEN/);
    await inLedger(/No room on slack: .*token_revoked.*SLACK_BOT_TOKEN/);
    await inLedger(/<@bo> could not be notified by chat: .*token_revoked/);
  });

  it('an expired trigger: the person is told in words what to type, and nothing is written down', async () => {
    await declare();
    const room = await stage.room();
    await inLedger(/Room opened on slack/);
    const before = await ledger();
    stage.workspace.edge.fault('views.open', refuses('expired_trigger_id'));
    expect(await stage.says('ana', room, 'update')).toContain('type the whole command');
    expect((await ledger()).filter((line) => !before.includes(line) && line.startsWith('Update'))).toEqual([]);
  });

  it('its library killed in the middle: the page rings, what was typed meanwhile is done and answered once, the room goes on', async () => {
    await declare();
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    await library?.terminate();
    const answers = [stage.says('ana', room, 'update Card payments fail'), stage.says('bo', general, 'sev1 Search is down too')];
    await inLedger(/Update: Card payments fail/);
    expect(await Promise.all(answers)).toEqual([expect.stringContaining('Card payments fail'), expect.stringContaining('Declared')]);
    await isPaged();
    await stage.sees(room, /Card payments fail/);
    expect((await ledger()).filter((line) => line.startsWith('Update: Card'))).toHaveLength(1);
  });

  it('a scope without which no room opens: the answer says which, people are paged, and who declared goes on without', async () => {
    stage.workspace.edge.fault('conversations.create', refuses('missing_scope', { needed: 'channels:manage' }));
    expect(await declare()).toMatch(/Declared at sev1[\s\S]*No room on slack:.*channels:manage[\s\S]*role ic @me inc-1/);
    await isPaged();
    expect(await stage.says('ana', general, 'role ic @me inc-1')).toContain('Incident Commander');
    await stage.sees(await stage.inbox('ana'), /inc-1 has no room on slack:.*channels:manage/);
  });

  it('a missing scope: the room stands, and it is said once what it lacks and which scope', async () => {
    stage.workspace.edge.fault('pins.add', refuses('missing_scope', { needed: 'pins:write' }));
    await declare();
    const room = await stage.room();
    await stage.sees(room, /The room of inc-1 on slack lacks its pin: .*\(pins:write\)/);
    await inLedger(/The room on slack lacks its pin/);
    await stage.says('ana', room, 'update Card payments fail');
    await stage.sees(room, /Last update: .*Card payments fail/);
    expect((await ledger()).filter((line) => line.includes('lacks'))).toHaveLength(1);
  });
});
