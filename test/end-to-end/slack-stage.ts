import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { SLACK_PATH } from '../../src/chat/slack/manifest.ts';
import type { RunningBot } from '../../src/main.ts';
import { buttonPress, slashCommand, viewSubmission } from '../support/slack/payloads.ts';
import { readMessage } from '../support/slack/seen.ts';
import type { Shown } from '../support/slack/slack-edge.ts';
import { BOT_TOKEN, openSlackWorkspace, SIGNING_SECRET, type SlackWorkspace, sendSigned } from '../support/slack/slack-workspace.ts';
import { startCompanyBot } from './company-bot.ts';

type Json = Readonly<Record<string, unknown>>;
interface Message {
  readonly ts: string;
  readonly blocks?: readonly Json[];
  readonly text?: string;
  readonly subtype?: string;
}
/** Longer than anything takes to appear on a busy machine. */
const WAIT = { timeout: 15_000, interval: 50 };

/** What two people can do and see in a workspace of Slack. Nothing but signed payloads goes in. */
export interface SlackHands {
  /** Types a slash command; answers what the person is shown: words, or a form (see `fills`). */
  says(person: string, channel: string, words: string): Promise<string>;
  /** Presses the newest button of that label in a channel. */
  presses(person: string, channel: string, label: string): Promise<string>;
  /** What the newest button of that label carries. */
  button(channel: string, label: string): Promise<string>;
  /** Presses a button of before, by what it carries. */
  pressesOld(person: string, channel: string, value: string): Promise<string>;
  /** Sends the form the person was shown last. */
  fills(person: string, values: Readonly<Record<string, string>>): Promise<string>;
  sends(payload: Json | string): Promise<void>;
  /** The room of the first incident. */
  room(): Promise<string>;
  /** Where the bot writes to one person. */
  inbox(person: string): Promise<string>;
  messages(channel: string): Promise<readonly Message[]>;
  /** Waits until some message of a channel reads like this. */
  sees(channel: string, text: RegExp): Promise<void>;
}
/** They, with the whole bot as `allclear start` runs it. */
export interface SlackStage extends SlackHands {
  readonly workspace: SlackWorkspace;
  readonly running: RunningBot;
  /** Lines of the log, from errors on. */
  readonly log: readonly string[];
  timeline(incident: number): Promise<string>;
  stop(): Promise<void>;
}

/** `chat` is what the configuration says of Slack, besides who is who. */
export async function openSlackStage(chat: (workspace: SlackWorkspace) => Promise<object> = async () => ({})): Promise<SlackStage> {
  const workspace = await openSlackWorkspace();
  const directory = mkdtempSync(join(tmpdir(), 'allclear-slack-'));
  const log: string[] = [];
  const running = await startOn(workspace, directory, await chat(workspace), log);
  return {
    ...slackHands(workspace, running.url + SLACK_PATH),
    workspace,
    running,
    log,
    timeline: async (incident) => (await running.composed.bot.readings.timeline(incident)).map((line) => line.text).join('\n'),
    async stop() {
      await running.stop();
      await workspace.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** `url` is where Slack sends what happens. */
export function slackHands(workspace: SlackWorkspace, url: string): SlackHands {
  const { edge, as } = workspace;
  const views = new Map<string, Json>();
  let count = 0;
  const ask = async (person: string, body: (trigger: string, response: string) => string): Promise<string> => {
    count += 1;
    const response = `response-${count}`;
    const trigger = await workspace.trigger(person);
    return shownAfter(person, (one) => one.name === response || one.name === trigger, body(trigger, response));
  };
  const shownAfter = async (person: string, matches: (shown: Shown) => boolean, body: string): Promise<string> => {
    const shown = edge.shown(matches);
    const { status, text } = await sendSigned(url, body);
    expect(status).toBe(200);
    if (text !== '') return text;
    const { kind, body: seen } = await shown;
    if (kind === 'view') views.set(person, seen);
    return readMessage(seen);
  };
  const messages = async (channel: string): Promise<readonly Message[]> =>
    ((await as('bot', 'conversations.history', { channel, limit: 500 }))['messages'] ?? []) as readonly Message[];
  const button = (channel: string, label: string): Promise<string> =>
    vi.waitFor(async () => buttonIn(await messages(channel), label) ?? missing(`no button ${label}`), WAIT);
  return {
    messages,
    button,
    pressesOld: (person, channel, value) =>
      ask(person, (trigger, response) => buttonPress(workspace, person, channel, value, trigger, response)),
    says: (person, channel, words) =>
      ask(person, (trigger, response) => slashCommand(workspace, person, channel, words, trigger, response)),
    async presses(person, channel, label) {
      const value = await button(channel, label);
      return ask(person, (trigger, response) => buttonPress(workspace, person, channel, value, trigger, response));
    },
    fills: (person, values) =>
      shownAfter(person, ({ kind }) => kind === 'response', viewSubmission(workspace, person, views.get(person) ?? {}, values)),
    async sends(payload) {
      expect((await sendSigned(url, payload)).status).toBe(200);
    },
    async room() {
      const find = async (): Promise<string | undefined> => {
        const { channels } = (await as('bot', 'conversations.list', { limit: 100 })) as {
          channels: readonly { id: string; name: string }[];
        };
        return channels.find(({ name }) => name.startsWith('inc-1'))?.id;
      };
      return vi.waitFor(async () => (await find()) ?? missing('there is no room yet'), WAIT);
    },
    inbox: async (person) =>
      ((await as('bot', 'conversations.open', { users: workspace.ids[person] })) as { channel: { id: string } }).channel.id,
    sees: (channel, text) => vi.waitFor(async () => expect((await messages(channel)).map(readMessage).join('\n---\n')).toMatch(text), WAIT),
  };
}

function startOn({ ids, edge }: SlackWorkspace, directory: string, chat: object, log: string[]): Promise<RunningBot> {
  return startCompanyBot({
    directory,
    configuration: (file) =>
      `${file
        // Ana by her id, Bo by the address of his account.
        .replace('rank: admin,', `rank: admin, identities: { slack: ${JSON.stringify(ids['ana'])} },`)
        .replace('rank: commander,', 'rank: commander, email: bo@example.org,')
        .replace('platforms: [console]', 'platforms: [slack]')}chat: ${JSON.stringify({ slack: chat })}\n`,
    variables: { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET, SLACK_API_URL: edge.apiUrl },
    log,
  });
}

/** What the newest button of that label carries. */
function buttonIn(messages: readonly Message[], label: string): string | undefined {
  const buttons = messages.flatMap(({ blocks = [] }) =>
    blocks.flatMap(({ type, elements }) => (type === 'actions' ? (elements as readonly { text: { text: string }; value: string }[]) : [])),
  );
  return buttons.find(({ text }) => text.text === label)?.value;
}

function missing(what: string): never {
  throw new Error(what);
}
