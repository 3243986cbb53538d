import { describe, expect, it } from 'vitest';
import { BOT_SCOPES, slackManifest } from '../../src/chat/slack/manifest.ts';
import { readSettings } from '../../src/config/environment.ts';

function read(variables: Readonly<Record<string, string>>) {
  return readSettings(variables, (path) => `${path} is a secret of sixteen`.replaceAll(' ', '-'));
}
const BOT = { SLACK_BOT_TOKEN: 'xoxb-1-2-abc' };

describe('the settings of Slack', () => {
  it('are for Socket Mode with an app token, and for signed requests with a signing secret', () => {
    const api = { apiUrl: 'https://slack.com/api/', digestChannel: null };
    const socket = read({ ...BOT, SLACK_APP_TOKEN: 'xapp-1' });
    expect(socket).toMatchObject({ settings: { slack: { token: BOT.SLACK_BOT_TOKEN, appToken: 'xapp-1', signingSecret: null, ...api } } });
    const signed = read({ ...BOT, SLACK_SIGNING_SECRET_FILE: '/run/slack', SLACK_API_URL: 'http://127.0.0.1:9/api' });
    const slack = { appToken: null, signingSecret: '/run/slack-is-a-secret-of-sixteen', apiUrl: 'http://127.0.0.1:9/api/' };
    expect(signed).toMatchObject({ settings: { slack } });
  });

  it.each([
    ['SLACK_APP_TOKEN', BOT],
    ['SLACK_BOT_TOKEN', { SLACK_APP_TOKEN: 'xapp-1' }],
    ['SLACK_BOT_TOKEN', { SLACK_BOT_TOKEN: 'xoxp-secret', SLACK_APP_TOKEN: 'xapp-1' }],
    ['SLACK_SIGNING_SECRET', { ...BOT, SLACK_SIGNING_SECRET: 'short' }],
    ['SLACK_API_URL', { ...BOT, SLACK_APP_TOKEN: 'xapp-1', SLACK_API_URL: 'slack' }],
    ['SLACK_DIGEST_CHANNEL', { ...BOT, SLACK_APP_TOKEN: 'xapp-1', SLACK_DIGEST_CHANNEL: '#incidents' }],
  ])('are refused by the name of %s when something is missing or wrong, without its value', (variable, variables) => {
    const answered = read(variables);
    expect(answered).toMatchObject({ ok: false, problems: [{ variable }] });
    expect(JSON.stringify(answered)).not.toContain('xoxp-secret');
  });
});

describe('the manifest of the Slack app', () => {
  it('needs no address for Socket Mode, and names one everywhere without it', () => {
    const socket = JSON.stringify(slackManifest('Example Shop', null));
    expect(socket).toContain('"socket_mode_enabled":true');
    expect(socket).not.toContain('url');
    const http = JSON.stringify(slackManifest('Example Shop', 'https://allclear.example.com'));
    expect(http.match(/https:\/\/allclear\.example\.com\/slack\/events/g)).toHaveLength(4);
    expect(http).toContain('"socket_mode_enabled":false');
  });

  it('gives a reason for each right it asks for', () => {
    expect(BOT_SCOPES.filter(({ reason }) => reason.length < 10)).toEqual([]);
    expect(new Set(BOT_SCOPES.map(({ scope }) => scope)).size).toBe(BOT_SCOPES.length);
  });
});
