import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunningBot } from '../../src/main.ts';
import type { Shown } from '../support/discord/api-far-end.ts';
import { type DiscordFarEnd, openDiscordFarEnd } from '../support/discord/discord-far-end.ts';
import { command, presses, submits } from '../support/discord/interactions.ts';
import { buttonsOf, readMessage } from '../support/discord/seen.ts';
import type { FakeMessage } from '../support/discord/server-state.ts';
import { startCompanyBot } from './company-bot.ts';

type Json = Record<string, unknown>;
type Values = Readonly<Record<string, string | number | boolean>>;
/** Longer than anything takes to appear on a busy machine. */
const WAIT = { timeout: 15_000, interval: 50 };

/** What two people can do and see in a Discord server. Nothing but gateway payloads goes in. */
export interface DiscordHands {
  /** Types a native command; answers what the person is shown: words, or a form (see `fills`). */
  does(person: string, channel: string, name: string, values?: Values): Promise<string>;
  /** Presses the newest button of that label in a channel, or under the last answer. */
  presses(person: string, channel: string, label: string): Promise<string>;
  /** Sends the form the person was shown last. */
  fills(person: string, channel: string, values: Readonly<Record<string, string>>): Promise<string>;
  /** The room of the first incident. */
  room(): Promise<string>;
  /** Where the bot writes to one person. */
  inbox(person: string): Promise<string>;
  messages(channel: string): readonly FakeMessage[];
  /** Waits until some message of a channel reads like this. */
  sees(channel: string, text: RegExp): Promise<void>;
}
/** They, with the whole bot as `allclear start` runs it. */
export interface DiscordStage extends DiscordHands {
  readonly far: DiscordFarEnd;
  readonly running: RunningBot;
  /** Lines of the log, from errors on. */
  readonly log: readonly string[];
  timeline(incident: number): Promise<string>;
  stop(): Promise<void>;
}

/** `chat` is what the configuration says of Discord, besides who is who. */
export async function openDiscordStage(chat: (far: DiscordFarEnd) => object): Promise<DiscordStage> {
  const far = await openDiscordFarEnd();
  const directory = mkdtempSync(join(tmpdir(), 'allclear-discord-'));
  const log: string[] = [];
  const running = await startOn(far, directory, chat(far), log);
  return {
    ...discordHands(far),
    far,
    running,
    log,
    timeline: async (incident) => (await running.composed.bot.readings.timeline(incident)).map((line) => line.text).join('\n'),
    async stop() {
      await running.stop();
      await far.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export function discordHands(far: DiscordFarEnd): DiscordHands {
  const shown = new Map<string, Shown>();
  const remember = async (person: string, showing: Promise<Shown>): Promise<string> => {
    const seen = await showing;
    shown.set(person, seen);
    return seen.kind === 'modal' ? JSON.stringify(seen.body['components']) : readMessage(seen.body);
  };
  const messages = (channel: string): readonly FakeMessage[] => far.state.channels.get(channel)?.messages ?? [];
  const buttonIn = (person: string, channel: string, label: string): string | undefined => {
    const answered = shown.get(person)?.body ?? {};
    const all = [
      ...messages(channel).flatMap(buttonsOf),
      ...buttonsOf(answered['components'] === undefined || 'custom_id' in answered ? {} : answered),
    ];
    return all.findLast((one) => one.label === label)?.id;
  };
  return {
    messages,
    does: (person, channel, name, values) => remember(person, command(far, { person, channel }, name, values)),
    async presses(person, channel, label) {
      await expect.poll(() => buttonIn(person, channel, label), WAIT).toBeDefined();
      const inServer = far.state.channels.get(channel)?.recipient === null;
      return remember(person, presses(far, { person, channel, inServer }, String(buttonIn(person, channel, label))));
    },
    fills: (person, channel, values) =>
      remember(person, submits(far, { person, channel }, (shown.get(person)?.body ?? {}) as Json, values)),
    async room() {
      const find = (): string | undefined =>
        [...far.state.channels.values()].find(({ name, type }) => name.startsWith('inc-1-') && type === 0)?.id;
      await expect.poll(find, WAIT).toBeDefined();
      return String(find());
    },
    async inbox(person) {
      const find = (): string | undefined => [...far.state.channels.values()].find(({ recipient }) => recipient === far.ids[person])?.id;
      await expect.poll(find, WAIT).toBeDefined();
      return String(find());
    },
    async sees(channel, text) {
      await expect.poll(() => messages(channel).map(readMessage).join('\n---\n'), WAIT).toMatch(text);
    },
  };
}

function startOn({ ids, apiUrl, token, state }: DiscordFarEnd, directory: string, chat: object, log: string[]): Promise<RunningBot> {
  const identity = (person: string): string => `identities: { discord: ${JSON.stringify(ids[person])} },`;
  return startCompanyBot({
    directory,
    configuration: (file) =>
      `${file
        .replace('rank: admin,', `rank: admin, ${identity('ana')}`)
        .replace('rank: commander,', `rank: commander, ${identity('bo')}`)
        .replace('platforms: [console]', 'platforms: [discord]')}chat: ${JSON.stringify({ discord: chat })}\n`,
    variables: { DISCORD_TOKEN: token, DISCORD_GUILD_ID: state.guild, DISCORD_API_URL: apiUrl },
    log,
  });
}
