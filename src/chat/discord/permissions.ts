import { GatewayIntentBits, PermissionFlagsBits } from 'discord-api-types/v10';

/** A right the bot asks for on the server, and what does not work without it. */
export interface Permission {
  readonly name: string;
  readonly bit: bigint;
  readonly reason: string;
}

/** https://docs.discord.com/developers/topics/permissions: as few as it takes. */
export const PERMISSIONS: readonly Permission[] = [
  { name: 'View Channels', bit: PermissionFlagsBits.ViewChannel, reason: 'sees incident rooms and what is pinned there' },
  {
    name: 'Manage Channels',
    bit: PermissionFlagsBits.ManageChannels,
    reason: 'opens incident rooms and voice bridges, and sets their topic',
  },
  {
    name: 'Manage Roles',
    bit: PermissionFlagsBits.ManageRoles,
    reason: 'lets who is needed into a room, closes it afterwards, and keeps on-call roles in step',
  },
  { name: 'Send Messages', bit: PermissionFlagsBits.SendMessages, reason: 'keeps the card and says what happens' },
  { name: 'Send Messages in Threads', bit: PermissionFlagsBits.SendMessagesInThreads, reason: 'the same, where rooms are threads' },
  { name: 'Create Public Threads', bit: PermissionFlagsBits.CreatePublicThreads, reason: 'opens rooms, where rooms are threads' },
  {
    name: 'Read Message History',
    bit: PermissionFlagsBits.ReadMessageHistory,
    reason: 'reads a pinned message, and looks whether a message arrived before it is said again',
  },
  { name: 'Pin Messages', bit: PermissionFlagsBits.PinMessages, reason: 'pins the card of a room' },
];

/** What a person who is let into a room may do there: a bot can give what it was given itself and nothing else. */
export const GUEST_PERMISSIONS =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.SendMessagesInThreads |
  PermissionFlagsBits.ReadMessageHistory;

/** What nobody may do any more in a room that is closed. */
export const SILENCE =
  PermissionFlagsBits.SendMessages | PermissionFlagsBits.SendMessagesInThreads | PermissionFlagsBits.CreatePublicThreads;

/** Hears channels, messages and reactions: https://docs.discord.com/developers/events/gateway#gateway-intents */
export const INTENTS = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.GuildMessageReactions;
/** Privileged: must be switched on in the developer portal. Without it a pinned message comes without its words. */
export const CONTENT_INTENT = GatewayIntentBits.MessageContent;

/** Where a person lets the bot into a server: https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow */
export function inviteUrl(application: string, guild: string): string {
  const permissions = PERMISSIONS.reduce((sum, { bit }) => sum | bit, 0n);
  const query = { client_id: application, scope: 'bot applications.commands', permissions: String(permissions), guild_id: guild };
  return `https://discord.com/oauth2/authorize?${new URLSearchParams(query)}`;
}
