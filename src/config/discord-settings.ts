import { z } from 'zod';

/** What Discord needs to be told. Null in the settings without DISCORD_TOKEN. */
export interface DiscordSettings {
  readonly token: string;
  /** The server whose incidents these are. */
  readonly guild: string;
  /** Without a slash at the end. The gateway's address comes from there. */
  readonly apiUrl: string;
  /** Channel with one message an incident; null for none. */
  readonly digestChannel: string | null;
  /** Category of incident rooms; null for one that Allclear makes. */
  readonly category: string | null;
  /** Text or forum channel whose threads or posts the rooms are; null when rooms are channels. */
  readonly roomsChannel: string | null;
  /** Whether a room gets a voice channel. */
  readonly hasBridge: boolean;
}

const CHARS_MAX = 2_048;
const API_URL = 'https://discord.com/api';

function snowflake(what: string) {
  const error = `Write the id of ${what}, such as \`1041389027364081736\`; Discord copies it from the menu of a right click in developer mode.`;
  return z
    .string()
    .regex(/^\d{15,20}$/, { error })
    .optional();
}

/** Variables about Discord. Not one of their values is shown when it is wrong. */
export const discordVariables = {
  DISCORD_TOKEN: z
    .string()
    .max(CHARS_MAX)
    .regex(/^[\x21-\x7e]+$/, { error: 'Write the token as the developer portal shows it: one line without `Bot` before it.' })
    .optional(),
  DISCORD_GUILD_ID: snowflake('the server'),
  DISCORD_API_URL: z
    .url({ protocol: /^https?$/, error: 'Write a URL such as `https://discord.com/api`.' })
    .max(CHARS_MAX)
    .transform((url) => url.replace(/\/+$/, ''))
    .default(API_URL),
  DISCORD_DIGEST_CHANNEL: snowflake('a channel'),
  DISCORD_INCIDENTS_CATEGORY: snowflake('a category'),
  DISCORD_ROOMS_CHANNEL: snowflake('a text or forum channel'),
  DISCORD_BRIDGE: z.enum(['on', 'off'], { error: 'Write `on` or `off`.' }).default('on'),
};
type DiscordVariables = { readonly [Name in keyof typeof discordVariables]?: string | undefined };

/** What is missing for it to work. */
export function discordProblems(given: DiscordVariables): readonly { readonly variable: string; readonly sentence: string }[] {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID: guild, DISCORD_ROOMS_CHANNEL: rooms, DISCORD_INCIDENTS_CATEGORY: category } = given;
  if (token !== undefined && guild === undefined)
    return [{ variable: 'DISCORD_GUILD_ID', sentence: 'DISCORD_TOKEN is set, so say which server: set DISCORD_GUILD_ID to its id.' }];
  if (token === undefined && guild !== undefined)
    return [{ variable: 'DISCORD_TOKEN', sentence: 'Discord is half set up: set DISCORD_TOKEN to the token of the bot.' }];
  if (rooms !== undefined && category !== undefined)
    return [
      {
        variable: 'DISCORD_ROOMS_CHANNEL',
        sentence: 'DISCORD_INCIDENTS_CATEGORY is set too; rooms are threads or channels, keep one of the two.',
      },
    ];
  return [];
}

export function discordSettings(given: DiscordVariables): DiscordSettings | null {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID: guild } = given;
  if (token === undefined || guild === undefined) return null;
  return {
    token,
    guild,
    apiUrl: given.DISCORD_API_URL ?? API_URL,
    digestChannel: given.DISCORD_DIGEST_CHANNEL ?? null,
    category: given.DISCORD_INCIDENTS_CATEGORY ?? null,
    roomsChannel: given.DISCORD_ROOMS_CHANNEL ?? null,
    hasBridge: given.DISCORD_BRIDGE !== 'off',
  };
}
