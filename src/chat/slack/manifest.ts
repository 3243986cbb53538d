/** A right the app asks for, and what it does with it; without an essential one there is no room, no word and no page. */
export interface Scope {
  readonly scope: string;
  readonly reason: string;
  readonly essential?: true;
}

/** https://docs.slack.dev/reference/scopes: as few as it takes. */
export const BOT_SCOPES: readonly Scope[] = [
  { scope: 'commands', reason: 'hears /incident and /inc, buttons, forms and shortcuts', essential: true },
  { scope: 'chat:write', reason: 'keeps the card and says what happens', essential: true },
  { scope: 'channels:manage', reason: 'opens incident rooms, sets their topic, invites who is needed, archives them', essential: true },
  { scope: 'channels:read', reason: 'finds a room again that was opened while the connection broke' },
  {
    scope: 'channels:history',
    reason: 'reads a pinned message and hears its edits, and looks whether a message arrived before it is said again',
  },
  { scope: 'im:write', reason: 'writes to one person: pages and duties', essential: true },
  { scope: 'im:history', reason: 'looks whether a page arrived before it is sent again' },
  { scope: 'pins:write', reason: 'pins the card of a room' },
  { scope: 'reactions:read', reason: 'hears the pushpin that takes a message to the timeline' },
  { scope: 'users:read', reason: 'names the author of a message, and tells members from guests', essential: true },
  { scope: 'users:read.email', reason: 'knows people by their e-mail address' },
  { scope: 'usergroups:read', reason: 'knows who is in which user group: ranks, invitations' },
  { scope: 'usergroups:write', reason: 'keeps a user group in step with who is on call' },
  { scope: 'bookmarks:write', reason: 'puts console, runbook, dashboards and postmortem above a room' },
  { scope: 'bookmarks:read', reason: 'looks whether a bookmark stands before it is added again' },
  { scope: 'files:read', reason: 'links the files of a pinned message' },
];

/** What Slack tells by itself: pins, edits of what was pinned, and who opened the Home tab. */
const BOT_EVENTS = ['app_home_opened', 'message.channels', 'reaction_added', 'reaction_removed'];

const HELP = 'sev1 Checkout is down, or help';

/**
 * The app as Slack wants it described (https://docs.slack.dev/reference/app-manifest). Without an address it is for Socket Mode; with one,
 * Slack sends everything there.
 */
export function slackManifest(organization: string, publicUrl: string | null): object {
  const url = publicUrl === null ? {} : { url: `${publicUrl}${SLACK_PATH}` };
  const requestUrl = publicUrl === null ? {} : { request_url: `${publicUrl}${SLACK_PATH}` };
  const command = (name: string): object => ({
    command: name,
    description: 'Declare an incident, or do something about one',
    usage_hint: HELP,
    // So that people come as ids, whatever they are called.
    should_escape: true,
    ...url,
  });
  const shortcut = (name: string, callback: string, description: string): object => ({
    name,
    callback_id: callback,
    description,
    type: 'message',
  });
  return {
    display_information: { name: 'Allclear', description: `Incidents of ${organization}`, background_color: '#1a5c38' },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'Allclear', always_online: true },
      slash_commands: [command('/incident'), command('/inc')],
      shortcuts: [
        shortcut('Declare incident from this message', 'declare', 'Opens the form, filled in from the message'),
        shortcut('Add to timeline', 'timeline', 'Takes the message to the timeline of this incident'),
      ],
    },
    oauth_config: { scopes: { bot: BOT_SCOPES.map(({ scope }) => scope) } },
    settings: {
      event_subscriptions: { bot_events: BOT_EVENTS, ...requestUrl },
      interactivity: { is_enabled: true, ...requestUrl },
      org_deploy_enabled: false,
      socket_mode_enabled: publicUrl === null,
      token_rotation_enabled: false,
    },
  };
}

/** Where Slack sends events, interactions and commands when there is a public address. */
export const SLACK_PATH = '/slack/events';
