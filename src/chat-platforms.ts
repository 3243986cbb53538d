import { createDiscordPlatform, type DiscordOptions, type DiscordPlatform } from './chat/discord/platform.ts';
import { threadDiscordLibrary } from './chat/discord/threaded-library.ts';
import type { Notes } from './chat/notes.ts';
import { createSlackPlatform, type SlackPlatform } from './chat/slack/platform.ts';
import { threadSlackLibrary } from './chat/slack/threaded-library.ts';
import type { Command } from './command.ts';
import type { Settings } from './config/environment.ts';
import type { Bot } from './engine/bot.ts';
import { outlineOf } from './engine/hear/outline.ts';
import type { Platform } from './engine/ports.ts';
import type { Pace } from './kit/pace.ts';

interface Parts extends Pick<DiscordOptions, 'clock' | 'catalog' | 'secret'> {
  readonly pace: Pace;
  readonly notes: (platform: string) => Notes;
  readonly trouble: (fault: unknown, where: string) => void;
  readonly commands: readonly Command[];
  readonly readings: () => Bot['readings'];
}
interface ChatPlatforms {
  readonly slack: SlackPlatform | null;
  readonly discord: DiscordPlatform | null;
  /** All of them, besides the console. */
  readonly others: readonly Platform[];
}

/** The chat worlds there is a token for, each with its library in a thread of its own, where it loads beside all else. */
export function choosePlatforms(settings: Settings, parts: Parts): ChatPlatforms {
  const [slack, discord] = [chooseSlack(settings, parts), chooseDiscord(settings, parts)];
  return { slack, discord, others: [...(slack === null ? [] : [slack]), ...(discord === null ? [] : [discord])] };
}

function chooseSlack({ slack }: Settings, { clock, pace, catalog, secret, notes, trouble }: Parts): SlackPlatform | null {
  if (slack === null) return null;
  const bug = (fault: unknown): void => trouble(fault, 'Slack');
  return createSlackPlatform({ ...slack, clock, pace, catalog, secret, notes: notes('slack'), bug }, threadSlackLibrary);
}

/** Completion offers no more than this. */
const OPEN_OFFERED_MAX = 25;

function chooseDiscord({ discord }: Settings, parts: Parts): DiscordPlatform | null {
  if (discord === null) return null;
  const { clock, pace, catalog, secret, notes, trouble, commands, readings } = parts;
  const options = {
    ...discord,
    clock,
    pace,
    catalog,
    secret,
    notes: notes('discord'),
    bug: (fault: unknown) => trouble(fault, 'Discord'),
    outlines: () => commands.map((command) => outlineOf(command, catalog())),
    openIncidents: async () =>
      (await readings().incidents({ open: true, limit: OPEN_OFFERED_MAX })).map(({ number, title }) => ({ number, title })),
  };
  return createDiscordPlatform(options, threadDiscordLibrary);
}
