import type { SlackWorkspace } from './slack-workspace.ts';

type Json = Readonly<Record<string, unknown>>;
const TEAM = 'T000000001';

/** Payloads as Slack's documentation shows them, made for one world. */
export function slashCommand(
  { ids, edge }: SlackWorkspace,
  person: string,
  channel: string,
  text: string,
  trigger: string,
  response: string,
): string {
  return new URLSearchParams({
    token: 'retired',
    team_id: TEAM,
    channel_id: channel,
    user_id: ids[person] ?? person,
    user_name: person,
    command: '/incident',
    text,
    response_url: edge.responseUrl(response),
    trigger_id: trigger,
  }).toString();
}

export function buttonPress(
  { ids, edge }: SlackWorkspace,
  person: string,
  channel: string,
  value: string,
  trigger: string,
  response: string,
): string {
  return interaction({
    type: 'block_actions',
    user: user(ids, person),
    team: { id: TEAM },
    channel: { id: channel },
    trigger_id: trigger,
    response_url: edge.responseUrl(response),
    actions: [{ type: 'button', action_id: 'command-0', block_id: 'x', value, action_ts: '1' }],
  });
}

export function viewSubmission({ ids }: SlackWorkspace, person: string, view: Json, values: Readonly<Record<string, string>>): string {
  const inputs = (view['blocks'] as readonly Json[]).filter(({ type }) => type === 'input');
  const state = Object.fromEntries(inputs.map((block) => [block['block_id'], { value: stateOf(block, values) }]));
  return interaction({
    type: 'view_submission',
    user: user(ids, person),
    team: { id: TEAM },
    trigger_id: 'unused',
    view: { ...view, state: { values: state } },
  });
}

export function messageShortcut(
  world: SlackWorkspace,
  person: string,
  channel: string,
  callback: string,
  message: Json,
  trigger: string,
  response: string,
): string {
  return interaction({
    type: 'message_action',
    callback_id: callback,
    user: user(world.ids, person),
    team: { id: TEAM },
    channel: { id: channel },
    trigger_id: trigger,
    response_url: world.edge.responseUrl(response),
    message_ts: message['ts'],
    message,
  });
}

export function reaction({ ids }: SlackWorkspace, person: string, channel: string, ts: string, added: boolean, id: string): Json {
  return {
    type: 'event_callback',
    team_id: TEAM,
    event_id: id,
    event: {
      type: added ? 'reaction_added' : 'reaction_removed',
      user: ids[person],
      reaction: 'pushpin',
      item: { type: 'message', channel, ts },
      event_ts: ts,
    },
  };
}

/** An event of a message in a channel: `message_changed` with its new words, or `message_deleted`. */
export function edited(channel: string, ts: string, text: string | null, id: string, files: readonly Json[] = []): Json {
  const event =
    text === null
      ? { subtype: 'message_deleted', deleted_ts: ts, previous_message: { ts } }
      : { subtype: 'message_changed', message: { type: 'message', ts, text, files }, previous_message: { ts } };
  return { type: 'event_callback', team_id: TEAM, event_id: id, event: { type: 'message', channel, event_ts: ts, ...event } };
}

export function homeOpened({ ids }: SlackWorkspace, person: string, id: string): Json {
  const event = { type: 'app_home_opened', user: ids[person] ?? person, channel: 'D1', tab: 'home', event_ts: '1' };
  return { type: 'event_callback', team_id: TEAM, event_id: id, event };
}

function interaction(payload: Json): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}
function user(ids: SlackWorkspace['ids'], person: string): Json {
  return { id: ids[person], username: person, name: person, team_id: TEAM };
}
function stateOf({ block_id: block, element }: Json, values: Readonly<Record<string, string>>): Json {
  const value = values[String(block).replace(/^field-/, '')] ?? null;
  const { type } = element as { type: string };
  if (type === 'users_select') return { type, selected_user: value };
  if (type === 'static_select')
    return { type, selected_option: value === null ? null : { text: { type: 'plain_text', text: value }, value } };
  return { type, value };
}
