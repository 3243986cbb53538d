import { PermissionFlagsBits } from 'discord.js';
import type { ChatRules } from '../../domain/catalog.ts';
import { createDiscordApi, type DiscordApi, type DiscordApiOptions } from './api.ts';
import { PERMISSIONS, type Permission } from './permissions.ts';

/** What a look at Discord found; nothing there is changed by it. */
export type Examination =
  | { readonly ok: false; readonly detail: string }
  | {
      readonly ok: true;
      /** The server's name. */
      readonly server: string;
      readonly missing: readonly Permission[];
      /** Whether pinned messages come with their words. */
      readonly readsContent: boolean;
      /** Roles and channels the settings and the configuration name and Discord does not know, each with why. */
      readonly unknown: readonly string[];
      /** Connections the gateway takes today before it takes the token away. */
      readonly identifiesLeft: number;
    };
export interface ExaminedSettings extends DiscordApiOptions {
  readonly guild: string;
  readonly digestChannel: string | null;
  readonly category: string | null;
  readonly roomsChannel: string | null;
}

interface Role {
  readonly id: string;
  readonly name: string;
  readonly permissions: string;
  readonly position: number;
}
/** resources/application#application-object-application-flags: the intent, and the same for bots on few servers. */
const CONTENT_FLAGS = (1 << 18) | (1 << 19);

/** Asks Discord who we are there, what we may do on the server, and whether it knows what is named. */
export async function examineDiscord(settings: ExaminedSettings, rules: ChatRules | undefined): Promise<Examination> {
  const api = createDiscordApi(settings);
  const { guild } = settings;
  const self = await api.call('GET', '/applications/@me');
  if (!self.ok) return { ok: false, detail: self.failure.detail };
  const { id, flags = 0, bot } = self.result as { id: string; flags?: number; bot?: { id: string } };
  const server = await api.call('GET', `/guilds/${guild}`);
  if (!server.ok) return { ok: false, detail: server.failure.detail };
  const member = await api.call('GET', `/guilds/${guild}/members/${bot?.id ?? id}`);
  if (!member.ok) return { ok: false, detail: member.failure.detail };
  const { name, roles } = server.result as { name: string; roles: readonly Role[] };
  const held = new Set((member.result as { roles: readonly string[] }).roles);
  // Everybody has the role that has the number of the server (topics/permissions#role-object).
  const own = roles.filter((role) => role.id === guild || held.has(role.id));
  const gateway = await api.call('GET', '/gateway/bot');
  const limit = gateway.ok ? (gateway.result as { session_start_limit: { remaining: number } }).session_start_limit.remaining : 0;
  const unknown = [...unknownRoles(roles, own, rules), ...(await unknownChannels(api, settings, rules))];
  return { ok: true, server: name, missing: missingOf(own), readsContent: (flags & CONTENT_FLAGS) !== 0, unknown, identifiesLeft: limit };
}

function missingOf(own: readonly Role[]): readonly Permission[] {
  const granted = own.reduce((sum, { permissions }) => sum | BigInt(permissions), 0n);
  if ((granted & PermissionFlagsBits.Administrator) !== 0n) return [];
  return PERMISSIONS.filter(({ bit }) => (granted & bit) === 0n);
}

function unknownRoles(roles: readonly Role[], own: readonly Role[], rules: ChatRules | undefined): readonly string[] {
  const { ranks = {}, invite = [], onCall = {} } = rules ?? {};
  const find = (named: string): Role | undefined => roles.find(({ id, name }) => id === named || name === named);
  const named = [...new Set([...Object.keys(ranks), ...invite, ...Object.values(onCall)])];
  const highest = Math.max(...own.map(({ position }) => position));
  const kept = [...new Set(Object.values(onCall))].filter((one) => (find(one)?.position ?? -1) >= highest);
  return [
    ...named.filter((one) => find(one) === undefined).map((one) => `there is no role ${one}`),
    ...kept.map((one) => `the role ${one} stands above the bot's own, so the bot can give it to nobody`),
  ];
}

async function unknownChannels(api: DiscordApi, settings: ExaminedSettings, rules: ChatRules | undefined): Promise<readonly string[]> {
  const { digestChannel, category, roomsChannel, guild } = settings;
  const named = [digestChannel, category, roomsChannel, ...Object.values(rules?.announce ?? {})].filter((one) => one !== null);
  const unknown: string[] = [];
  for (const channel of new Set(named)) {
    const called = await api.call('GET', `/channels/${channel}`);
    if (!called.ok) unknown.push(`${channel}: ${called.failure.detail}`);
    else if ((called.result as { guild_id?: string }).guild_id !== guild) unknown.push(`${channel}: it is a channel of another server`);
  }
  return unknown;
}
