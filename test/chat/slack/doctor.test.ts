import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOT_SCOPES } from '../../../src/chat/slack/manifest.ts';
import { lookAtSlack } from '../../../src/cli/doctor/slack.ts';
import { readSettings, type Settings } from '../../../src/config/environment.ts';
import type { ChatRules } from '../../../src/domain/catalog.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { BOT_TOKEN, openSlackWorkspace, SIGNING_SECRET, type SlackWorkspace } from '../../support/slack/slack-workspace.ts';

const ALL = BOT_SCOPES.map(({ scope }) => scope);
const WHO = { ok: true, team: 'Example Shop', team_id: 'T1', user_id: 'U1' };

describe('what the doctor says of Slack', () => {
  let workspace: SlackWorkspace;
  let settings: Settings;
  beforeAll(async () => {
    workspace = await openSlackWorkspace();
  });
  afterAll(() => workspace.close());
  beforeEach(() => {
    settings = settingsWith({ SLACK_SIGNING_SECRET: SIGNING_SECRET });
  });
  function settingsWith(more: Record<string, string>): Settings {
    const read = readSettings({ SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_API_URL: workspace.edge.apiUrl, ...more }, () => '');
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.settings;
  }
  /** Slack names the scopes of a token in a header of every answer; the emulator does not. */
  const granting = (scopes: readonly string[]) =>
    workspace.edge.fault('auth.test', { status: 200, body: WHO, headers: { 'x-oauth-scopes': scopes.join(',') } });
  const look = (rules: Partial<ChatRules> = {}) =>
    lookAtSlack(settings, { ...exampleCatalog, chat: { slack: { ranks: {}, announce: {}, invite: [], onCall: {}, ...rules } } });

  it('is nothing where Slack is not set up', async () => {
    expect(await lookAtSlack({ ...settings, slack: null }, exampleCatalog)).toEqual([]);
  });

  it('is good when the app has everything', async () => {
    granting(ALL);
    expect(await look()).toEqual([{ subject: 'slack', level: 'good', sentence: 'in the workspace Example Shop', next: null }]);
  });

  it.each(BOT_SCOPES)('names the missing $scope and what stops working', async ({ scope, reason, essential }) => {
    granting(ALL.filter((one) => one !== scope));
    const [, finding, ...more] = await look();
    const sentence = `The app has no scope ${scope}, so nobody ${reason}.`;
    expect(finding).toEqual({
      subject: 'slack',
      level: essential ? 'broken' : 'warning',
      sentence,
      next: expect.stringContaining('manifest'),
    });
    expect(more).toEqual([]);
  });

  it('is that the token is no good, without showing it', async () => {
    workspace.edge.fault('auth.test', { status: 200, body: { ok: false, error: 'token_revoked' } });
    const [finding] = await look();
    expect(finding).toMatchObject({ level: 'broken', sentence: expect.stringContaining('token_revoked') });
    expect(JSON.stringify(finding)).not.toContain(BOT_TOKEN);
  });

  it('is that Socket Mode does not work', async () => {
    settings = settingsWith({ SLACK_APP_TOKEN: 'xapp-1-of-yesterday' });
    granting(ALL);
    workspace.edge.fault('apps.connections.open', { status: 200, body: { ok: false, error: 'invalid_auth' } });
    expect(await look()).toContainEqual(expect.objectContaining({ level: 'broken', sentence: expect.stringContaining('Socket Mode') }));
  });

  it('is which groups and channels of the configuration are not there', async () => {
    workspace.edge.groups = [{ id: 'S1', handle: 'sre', users: [] }];
    const { channel } = (await workspace.as('bot', 'conversations.create', { name: 'ops' })) as { channel: { id: string } };
    granting(ALL);
    const found = await look({ ranks: { sre: 'responder' }, invite: ['support'], announce: { sev1: 'C0GONE', sev2: channel.id } });
    expect(found.slice(1).map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining('there is no user group @support'),
      expect.stringContaining('C0GONE: conversations.info: channel_not_found'),
    ]);
  });
});
