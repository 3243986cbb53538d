import type { ChatRules } from '../../domain/catalog.ts';
import { type Called, createSlackApi, type SlackApiOptions } from './api.ts';
import { BOT_SCOPES, type Scope } from './manifest.ts';

/** What a look at Slack found; nothing there is changed by it. */
export type Examination =
  | { readonly ok: false; readonly detail: string }
  | {
      readonly ok: true;
      /** The workspace's name. */
      readonly team: string;
      readonly missing: readonly Scope[];
      /** Groups and channels the configuration names and Slack does not know, each with why. */
      readonly unknown: readonly string[];
      /** Why Socket Mode does not work; null when it does, or is not used. */
      readonly socket: string | null;
    };

/** Asks Slack who we are there, what we may do (https://docs.slack.dev/reference/methods/auth.test) and whether it knows what the configuration names. */
export async function examineSlack(
  options: SlackApiOptions & { readonly appToken: string | null },
  rules: ChatRules | undefined,
): Promise<Examination> {
  const api = createSlackApi(options);
  const self = await api.call('auth.test');
  if (!self.ok) return { ok: false, detail: self.failure.detail };
  const { scopes: granted } = (self.result['response_metadata'] ?? {}) as { readonly scopes?: readonly string[] };
  // Something between us and Slack may have dropped the header; then nothing is known about scopes.
  const missing = granted === undefined ? [] : BOT_SCOPES.filter(({ scope }) => !granted.includes(scope));
  const socket =
    options.appToken === null
      ? null
      : detailOf(await createSlackApi({ ...options, token: options.appToken }).call('apps.connections.open'));
  const unknown = rules === undefined ? [] : [...(await unknownGroups(api, rules)), ...(await unknownChannels(api, rules))];
  return { ok: true, team: String(self.result['team'] ?? self.result['team_id']), missing, unknown, socket };
}

function detailOf(called: Called): string | null {
  return called.ok ? null : called.failure.detail;
}

type Api = ReturnType<typeof createSlackApi>;

async function unknownGroups(api: Api, { ranks, invite, onCall }: ChatRules): Promise<readonly string[]> {
  const named = [...new Set([...Object.keys(ranks), ...invite, ...Object.values(onCall)])];
  if (named.length === 0) return [];
  const called = await api.call('usergroups.list', { include_disabled: true });
  if (!called.ok) return [called.failure.detail];
  const handles = new Set((called.result['usergroups'] as readonly { readonly handle: string }[]).map(({ handle }) => handle));
  return named.filter((handle) => !handles.has(handle)).map((handle) => `there is no user group @${handle}`);
}

async function unknownChannels(api: Api, { announce }: ChatRules): Promise<readonly string[]> {
  const unknown: string[] = [];
  for (const channel of new Set(Object.values(announce))) {
    const called = await api.call('conversations.info', { channel });
    const detail = detailOf(called);
    if (detail !== null) unknown.push(`${channel}: ${detail}`);
    else if (called.ok && (called.result['channel'] as { is_member?: boolean }).is_member !== true)
      unknown.push(`${channel}: the app is not in it`);
  }
  return unknown;
}
