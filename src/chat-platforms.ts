import type { DiscordOptions, DiscordPlatform } from './chat/discord/platform.ts';
import type { Notes } from './chat/notes.ts';
import type { SlackPlatform } from './chat/slack/platform.ts';
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

/** The chat worlds there is a token for. Their libraries take a while to load, so only then. */
export async function choosePlatforms(settings: Settings, parts: Parts): Promise<ChatPlatforms> {
  const [slack, discord] = [await chooseSlack(settings, parts), await chooseDiscord(settings, parts)];
  return { slack, discord, others: [...(slack === null ? [] : [slack]), ...(discord === null ? [] : [discord])] };
}

async function chooseSlack({ slack }: Settings, { clock, pace, catalog, secret, notes, trouble }: Parts): Promise<SlackPlatform | null> {
  if (slack === null) return null;
  const { createSlackPlatform } = await import('./chat/slack/platform.ts');
  return createSlackPlatform({ ...slack, clock, pace, catalog, secret, notes: notes('slack'), bug: (fault) => trouble(fault, 'Slack') });
}

/** Completion offers no more than this. */
const OPEN_OFFERED_MAX = 25;

async function chooseDiscord({ discord }: Settings, parts: Parts): Promise<DiscordPlatform | null> {
  if (discord === null) return null;
  const { clock, pace, catalog, secret, notes, trouble, commands, readings } = parts;
  const { createDiscordPlatform } = await import('./chat/discord/platform.ts');
  return createDiscordPlatform({
    ...discord,
    clock,
    pace,
    catalog,
    secret,
    notes: notes('discord'),
    bug: (fault) => trouble(fault, 'Discord'),
    outlines: () => commands.map((command) => outlineOf(command, catalog())),
    openIncidents: () => readings().incidents({ open: true, limit: OPEN_OFFERED_MAX }),
  });
}
