import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLACK_PATH } from '../../src/chat/slack/manifest.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { buttonPress, messageShortcut, slashCommand, viewSubmission } from '../support/slack/payloads.ts';
import { mentionsIn, readMessage } from '../support/slack/seen.ts';
import { sendSigned } from '../support/slack/slack-workspace.ts';
import { openSlackStage, type SlackStage } from './slack-stage.ts';

const STORY_MS_MAX = 60_000;
const WAIT = { timeout: 15_000, interval: 50 };

/** Nothing of this may change anything, and whoever sent it is told what to do instead. */
describe('bad input from Slack', { timeout: STORY_MS_MAX }, () => {
  let stage: SlackStage;
  let room: string;
  let resolve: string;
  let answers = 0;
  beforeAll(async () => {
    stage = await openSlackStage(async () => ({}));
    const { channel } = (await stage.workspace.as('bot', 'conversations.create', { name: 'talk' })) as { channel: { id: string } };
    await stage.says('ana', channel.id, 'sev4 Search is slow');
    room = await stage.room();
    await stage.sees(room, /inc-1 · Search is slow/);
    resolve = await stage.button(room, 'Resolve');
    await stage.says('ana', room, 'resolve it was nothing');
    await stage.sees(room, /inc-1 is resolved/);
  });
  afterAll(() => stage.stop());

  const head = async () => (await stage.running.composed.bot.store.head()).position;
  async function answer(body: (response: string) => string): Promise<string> {
    answers += 1;
    const name = `bad-${answers}`;
    const shown = stage.workspace.edge.shown((one) => one.name === name || one.kind === 'ephemeral');
    expect(await sendSigned(stage.running.url + SLACK_PATH, body(name))).toEqual({ status: 200, text: '' });
    return readMessage((await shown).body);
  }

  it.each([
    ['six minutes old', { atMs: Date.now() - 6 * MINUTE_MS }],
    ['six minutes ahead', { atMs: Date.now() + 6 * MINUTE_MS }],
    ['by another key', { secret: 'somebody-elses-signing-secret' }],
  ])('a signature %s opens nothing', async (_name, signing) => {
    const before = await head();
    const body = slashCommand(stage.workspace, 'ana', room, 'sev1 Wake everybody', 'trigger', 'response');
    expect(await sendSigned(stage.running.url + SLACK_PATH, body, signing)).toEqual({ status: 401, text: '' });
    expect(await head()).toBe(before);
  });

  it('a replayed command gets the first answer', async () => {
    const trigger = await stage.workspace.trigger('ana');
    const send = () => answer((response) => slashCommand(stage.workspace, 'ana', room, 'note seen once', trigger, response));
    const first = await send();
    const before = await head();
    expect(await send()).toBe(first);
    expect(await head()).toBe(before);
  });

  it('a button, a form and a shortcut nobody made are answered politely', async () => {
    const before = await head();
    const button = await answer((name) => buttonPress(stage.workspace, 'bo', room, 'resolve', 'trigger-1', name));
    expect(button).toMatch(/not one of this Allclear.*type the command/);
    const shortcut = await answer((name) => messageShortcut(stage.workspace, 'bo', room, 'of-tomorrow', { ts: '1.2' }, 'trigger-2', name));
    expect(shortcut).toMatch(/does not know this shortcut/);
    const view = { id: 'V1', hash: '1', callback_id: 'of-tomorrow', private_metadata: '{"command":"resolve"}', blocks: [] };
    const inbox = await stage.inbox('bo');
    await stage.sends(viewSubmission(stage.workspace, 'bo', view, {}));
    await stage.sees(inbox, /This form is not one of this Allclear/);
    expect(await head()).toBe(before);
  });

  it('a button of what is over says so, and changes nothing', async () => {
    await stage.says('ana', room, 'status closed');
    const before = await head();
    expect(await stage.pressesOld('bo', room, resolve)).toMatch(/inc-1 is closed\. If it is back, say/);
    expect(await head()).toBe(before);
  });

  it.each([
    ['marks', '*bold* _it_ `code` ~no~ <b>x</b> {{title}} [[Resolve|resolve]]'],
    ['mentions', '<!channel> <!here> @everyone <!subteam^S1> is down'],
    ['right-to-left marks', 'دفع \u202egnihtemos\u202c لا يعمل'],
    ['emoji only', '🔥🔥🔥'],
    ['4,000 characters', `${'checkout is down '.repeat(240)}end`],
  ])('a title with %s makes a legal channel and a correct card', async (_name, title) => {
    const created = () => stage.workspace.edge.calls.filter(({ method }) => method === 'conversations.create').length;
    const rooms = created();
    const text = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const said = await stage.says('ana', room, `declare sev4 ${text}`);
    expect(said).toContain('Declared at sev4');
    await expect.poll(created, WAIT).toBe(rooms + 1);
    const incidents = await stage.running.composed.bot.readings.incidents({ open: true, limit: 1 });
    const { number = 0, title: kept = '' } = incidents[0] ?? {};
    const opened = async () => (await stage.running.composed.bot.readings.incident(number))?.incident.rooms['slack']?.room ?? '';
    await expect.poll(opened, WAIT).not.toBe('');
    const channel = await opened();
    await stage.sees(channel, new RegExp(`inc-${number} · `));
    const [card] = (await stage.messages(channel)).filter((message) => readMessage(message).includes(`inc-${number} · `));
    expect(readMessage(card ?? {})).toContain(kept.replaceAll(/[\u202a-\u202e]/g, ''));
    expect(mentionsIn(card ?? {}).filter((mark) => !mark.startsWith('U'))).toEqual([]);
    expect(stage.workspace.edge.complaints).toEqual([]);
  });
});
