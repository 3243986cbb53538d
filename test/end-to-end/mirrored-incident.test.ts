import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLACK_PATH } from '../../src/chat/slack/manifest.ts';
import type { RunningBot } from '../../src/main.ts';
import { type DiscordFarEnd, openDiscordFarEnd } from '../support/discord/discord-far-end.ts';
import { readMessage } from '../support/slack/seen.ts';
import { BOT_TOKEN, openSlackWorkspace, SIGNING_SECRET, type SlackWorkspace } from '../support/slack/slack-workspace.ts';
import { startCompanyBot } from './company-bot.ts';
import { type DiscordHands, discordHands } from './discord-stage.ts';
import { type SlackHands, slackHands } from './slack-stage.ts';

const STORY_MS_MAX = 120_000;
/** What was tried while a platform was away is tried again within half a minute of its return. */
const CATCHING_UP = { timeout: 60_000, interval: 100 };

describe('an incident in Slack and Discord at once', () => {
  let workspace: SlackWorkspace;
  let far: DiscordFarEnd;
  let running: RunningBot;
  let slack: SlackHands;
  let discord: DiscordHands;
  let general: string;
  let lobby: string;
  const directory = mkdtempSync(join(tmpdir(), 'allclear-mirrored-'));
  const log: string[] = [];

  beforeAll(async () => {
    [workspace, far] = await Promise.all([openSlackWorkspace(), openDiscordFarEnd()]);
    running = await startBoth(workspace, far, directory, log);
    slack = slackHands(workspace, running.url + SLACK_PATH);
    discord = discordHands(far);
    const { channel } = (await workspace.as('bot', 'conversations.create', { name: 'town-hall' })) as { channel: { id: string } };
    general = channel.id;
    lobby = [...far.state.channels.values()].find(({ name }) => name === 'incidents')?.id ?? '';
  });
  afterAll(async () => {
    await running.stop();
    await Promise.all([workspace.close(), far.close()]);
    rmSync(directory, { recursive: true });
  });
  const timeline = async (incident: number): Promise<string> =>
    (await running.composed.bot.readings.timeline(incident)).map(({ text }) => text).join('\n');

  it(
    'is one incident in two rooms; with Slack killed it goes on in Discord, and Slack catches up by itself',
    async () => {
      expect(await slack.says('ana', general, 'sev1 Checkout is down')).toMatch(/Declared at sev1: Checkout is down/);
      const [here, there] = [await slack.room(), await discord.room()];
      await bothSee(here, there, /inc-1 · Checkout is down/);
      await slack.sees(await slack.inbox('bo'), /\[SEV1\] inc-1 Checkout is down/);
      expect(await discord.does('bo', there, 'ack')).toContain('acknowledged');
      await bothSee(here, there, /acknowledged/);
      await slack.presses('ana', here, 'Take Incident Commander');
      await slack.sees(here, /Incident Commander: @U/);
      await discord.sees(there, /Incident Commander: <@\d+>/);
      await discord.does('bo', there, 'update', { text: 'Card payments fail, rolling back.' });
      await bothSee(here, there, /Card payments fail, rolling back/);

      workspace.edge.outage = { hang: true };
      await withoutSlack(there);
      workspace.edge.outage = null;
      await expect.poll(() => slackText(here), CATCHING_UP).toMatch(/inc-1 is resolved/);
      await expect.poll(() => slackText(here), CATCHING_UP).toMatch(/Writes are stopped\./);
      await expect.poll(() => slackText(here), CATCHING_UP).toMatch(/inc-1 · Checkout is down[\s\S]*resolved/i);
      expect([...workspace.edge.complaints, ...far.complaints]).toEqual([]);
      // One incident with one story: nobody declared, updated or resolved it twice.
      const lines = (await timeline(1)).split('\n');
      for (const once of [/^Declared at sev1/, /Card payments fail/, /Writes are stopped/, /rolled back to 4\.11/])
        expect([once, lines.filter((line) => once.test(line)).length]).toEqual([once, 1]);
    },
    STORY_MS_MAX,
  );

  /** Discord alone: a second person approves, it is resolved, and a new incident pages somebody who is on both. */
  async function withoutSlack(there: string): Promise<void> {
    await discord.does('ana', there, 'switch', { switch: 'read-only', do: 'on', reason: 'the primary is losing writes' });
    await discord.presses('bo', there, 'Approve');
    await discord.sees(there, /Switch Read-only mode: ON/);
    await discord.does('bo', there, 'update', { text: 'Writes are stopped.' });
    await discord.sees(there, /Writes are stopped\./);
    const declared = await discord.does('ana', lobby, 'declare', { severity: 'sev1', title: 'Search is down', service: 'checkout' });
    expect(declared).toMatch(/Declared at sev1: Search is down/);
    await discord.sees(await discord.inbox('bo'), /\[SEV1\] inc-2 Search is down/);
    await expect.poll(() => timeline(2), CATCHING_UP).toMatch(/<@bo> was notified by chat/);
    await discord.does('ana', there, 'resolve', { summary: 'rolled back to 4.11' });
    await discord.sees(there, /inc-1 is resolved/);
  }

  async function slackText(channel: string): Promise<string> {
    return (await slack.messages(channel)).map(readMessage).join('\n---\n');
  }
  async function bothSee(here: string, there: string, text: RegExp): Promise<void> {
    await Promise.all([slack.sees(here, text), discord.sees(there, text)]);
  }
});

function startBoth({ ids, edge }: SlackWorkspace, far: DiscordFarEnd, directory: string, log: string[]): Promise<RunningBot> {
  const identities = (person: string): string => `identities: ${JSON.stringify({ slack: ids[person], discord: far.ids[person] })},`;
  return startCompanyBot({
    directory,
    configuration: (file) =>
      file
        .replace('rank: admin,', `rank: admin, ${identities('ana')}`)
        .replace('rank: commander,', `rank: commander, ${identities('bo')}`)
        .replace('platforms: [console]', 'platforms: [slack, discord]'),
    variables: {
      ...{ SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET, SLACK_API_URL: edge.apiUrl },
      ...{ DISCORD_TOKEN: far.token, DISCORD_GUILD_ID: far.state.guild, DISCORD_API_URL: far.apiUrl },
    },
    log,
  });
}
