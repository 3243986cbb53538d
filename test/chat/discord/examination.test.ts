import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtDiscord } from '../../../src/cli/doctor/discord.ts';
import { readSettings, type Settings } from '../../../src/config/environment.ts';
import type { Catalog } from '../../../src/domain/catalog.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { type DiscordFarEnd, openDiscordFarEnd } from '../../support/discord/discord-far-end.ts';

describe('what the doctor says of Discord', () => {
  let far: DiscordFarEnd;
  beforeEach(async () => {
    far = await openDiscordFarEnd();
  });
  afterEach(() => far.close());
  const variables = () => ({ DISCORD_TOKEN: far.token, DISCORD_GUILD_ID: far.state.guild, DISCORD_API_URL: far.apiUrl });
  function settings(more: Readonly<Record<string, string>> = {}): Settings {
    const read = readSettings({ ...variables(), ...more }, () => '');
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.settings;
  }
  const known = Object.entries(exampleCatalog.people).map(([id, person]) => [id, { ...person, identities: { discord: `1${id.length}` } }]);
  const catalog: Catalog = { ...exampleCatalog, people: Object.fromEntries(known) as Catalog['people'] };
  const sentences = async (more?: Readonly<Record<string, string>>, of: Catalog = catalog) =>
    (await lookAtDiscord(settings(more), of)).map(
      ({ level, sentence, next }) => `${level}: ${sentence}${next === null ? '' : ` → ${next}`}`,
    );

  it('is nothing where it is not set up', async () => {
    const read = readSettings({}, () => '');
    expect(read.ok && (await lookAtDiscord(read.settings, catalog))).toEqual([]);
  });

  it('is that all is well', async () => {
    expect(await sentences()).toEqual(['good: on the server Example Shop']);
  });

  it('names each permission and intent that is missing, what stops working without it, and what to do', async () => {
    const role = far.state.roles.find(({ name }) => name === 'Allclear');
    if (role !== undefined) role.permissions = String(BigInt(role.permissions) & ~(1n << 51n));
    far.world.flags = 0;
    expect(await sentences()).toEqual([
      'good: on the server Example Shop',
      expect.stringMatching(
        /^warning: The bot lacks the permission Pin Messages, so nobody pins the card of a room\. → .*allclear discord invite/,
      ),
      expect.stringMatching(/without their words\. → Switch on Message Content Intent/),
    ]);
    if (role !== undefined) role.permissions = '8';
    far.world.flags = 1 << 18;
    expect(await sentences()).toHaveLength(1);
  });

  it('names what is configured and does not exist there', async () => {
    const chat = {
      discord: { ranks: { nobody: 'admin' }, announce: { sev1: '1041389027364081736' }, invite: [], onCall: { payments: 'owners' } },
    } as const;
    const found = await sentences({ DISCORD_DIGEST_CHANNEL: '1041389027364081737' }, { ...catalog, chat });
    expect(found.join('\n')).toMatch(
      /no role nobody[\s\S]*owners stands above the bot's own[\s\S]*081737: .*Unknown Channel[\s\S]*081736: /,
    );
    expect(await sentences({}, exampleCatalog)).toContainEqual(expect.stringMatching(/4 people have no `identities\.discord`/));
  });

  it('says when Discord does not let us in, and warns before the token is taken away', async () => {
    far.fault('GET', /\/applications\/@me$/, { status: 401, body: { code: 0, message: '401: Unauthorized' } });
    expect(await sentences()).toEqual([expect.stringMatching(/^broken: .*401: Unauthorized.* → Correct DISCORD_TOKEN/)]);
    const session_start_limit = { total: 1_000, remaining: 7, reset_after: 1, max_concurrency: 1 };
    far.fault('GET', /\/gateway\/bot$/, { status: 200, body: { url: 'ws://127.0.0.1:1', shards: 1, session_start_limit } });
    expect(await sentences()).toContainEqual(expect.stringContaining('Only 7 connections are left today'));
  });

  it('is an invitation that asks for the permissions, each with its reason', async () => {
    const invite = async (env: Readonly<Record<string, string>>) =>
      promisify(execFile)(process.execPath, ['src/cli.ts', 'discord', 'invite'], { env: { PATH: process.env['PATH'] ?? '', ...env } });
    const { stdout } = await invite(variables());
    const [address = ''] = stdout.split('\n');
    const url = new URL(address);
    expect(url.origin + url.pathname).toBe('https://discord.com/oauth2/authorize');
    expect(url.searchParams.get('client_id')).toBe(far.world.application);
    expect(url.searchParams.get('permissions')).toBe(far.state.roles.find(({ name }) => name === 'Allclear')?.permissions);
    expect(stdout).toMatch(/Pin Messages +pins the card of a room/);
    await expect(invite({})).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('DISCORD_TOKEN') });
  });
});
