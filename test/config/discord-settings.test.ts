import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/environment.ts';

const GUILD = '1041389027364081736';
const BOT = { DISCORD_TOKEN: 'a-secret-token', DISCORD_GUILD_ID: GUILD };

function read(variables: Readonly<Record<string, string>>) {
  return readSettings(variables, () => 'a-token-from-a-file');
}

describe('the settings of Discord', () => {
  it('are a token and a server, and where rooms are made', () => {
    const standard = { apiUrl: 'https://discord.com/api', digestChannel: null, category: null, roomsChannel: null, hasBridge: true };
    expect(read(BOT)).toMatchObject({ settings: { discord: { token: BOT.DISCORD_TOKEN, guild: GUILD, ...standard } } });
    const more = { DISCORD_TOKEN_FILE: '/run/discord', DISCORD_GUILD_ID: GUILD, DISCORD_BRIDGE: 'off', DISCORD_ROOMS_CHANNEL: GUILD };
    const discord = { token: 'a-token-from-a-file', hasBridge: false, roomsChannel: GUILD, apiUrl: 'http://127.0.0.1:9/api' };
    expect(read({ ...more, DISCORD_API_URL: 'http://127.0.0.1:9/api/' })).toMatchObject({ settings: { discord } });
    expect(read({})).toMatchObject({ settings: { discord: null } });
  });

  it.each([
    ['DISCORD_GUILD_ID', { DISCORD_TOKEN: 'a-secret-token' }],
    ['DISCORD_TOKEN', { DISCORD_GUILD_ID: GUILD }],
    ['DISCORD_TOKEN', { ...BOT, DISCORD_TOKEN: 'Bot a-secret-token' }],
    ['DISCORD_GUILD_ID', { ...BOT, DISCORD_GUILD_ID: 'our server' }],
    ['DISCORD_API_URL', { ...BOT, DISCORD_API_URL: 'discord' }],
    ['DISCORD_DIGEST_CHANNEL', { ...BOT, DISCORD_DIGEST_CHANNEL: '#incidents' }],
    ['DISCORD_BRIDGE', { ...BOT, DISCORD_BRIDGE: 'maybe' }],
    ['DISCORD_ROOMS_CHANNEL', { ...BOT, DISCORD_ROOMS_CHANNEL: GUILD, DISCORD_INCIDENTS_CATEGORY: GUILD }],
  ])('are refused by the name of %s when something is missing or wrong, without its value', (variable, variables) => {
    const answered = read(variables);
    expect(answered).toMatchObject({ ok: false, problems: [{ variable }] });
    expect(JSON.stringify(answered)).not.toContain('a-secret-token');
  });
});
