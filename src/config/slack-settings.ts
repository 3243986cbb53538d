import { z } from 'zod';

/** What Slack needs to be told. Null in the settings without SLACK_BOT_TOKEN. */
export interface SlackSettings {
  readonly token: string;
  /** Socket Mode; null where Slack sends signed requests instead. */
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  /** Ends with a slash. */
  readonly apiUrl: string;
  /** Channel with one line an incident; null for none. */
  readonly digestChannel: string | null;
}

const CHARS_MAX = 2_048;
const API_URL = 'https://slack.com/api/';

function token(prefix: string) {
  const error = `Write the token as Slack shows it: one line that begins with \`${prefix}\`.`;
  return z
    .string()
    .max(CHARS_MAX)
    .regex(new RegExp(`^${prefix}[\\x21-\\x7e]+$`), { error })
    .optional();
}

/** Variables about Slack. Not one of their values is shown when it is wrong. */
export const slackVariables = {
  SLACK_BOT_TOKEN: token('xoxb-'),
  SLACK_APP_TOKEN: token('xapp-'),
  SLACK_SIGNING_SECRET: z
    .string()
    .max(CHARS_MAX)
    .regex(/^[\x21-\x7e]{16,}$/, { error: 'Write the signing secret as Slack shows it: one line without spaces.' })
    .optional(),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/, error: 'Write a URL such as `https://slack.com/api/`.' })
    .max(CHARS_MAX)
    .transform((url) => (url.endsWith('/') ? url : `${url}/`))
    .default(API_URL),
  SLACK_DIGEST_CHANNEL: z
    .string()
    .regex(/^[CG][A-Z0-9]{5,30}$/, {
      error: 'Write the id of a channel, such as `C012AB3CD`; Slack shows it at the end of the channel’s details.',
    })
    .optional(),
};
type SlackVariables = { readonly [Name in keyof typeof slackVariables]?: string | undefined };

/** What is missing for it to work. */
export function slackProblems(given: SlackVariables): readonly { readonly variable: string; readonly sentence: string }[] {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing } = given;
  if (bot !== undefined && app === undefined && signing === undefined)
    return [
      {
        variable: 'SLACK_APP_TOKEN',
        sentence: 'SLACK_BOT_TOKEN is set, so set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET too.',
      },
    ];
  if (bot === undefined && (app !== undefined || signing !== undefined))
    return [{ variable: 'SLACK_BOT_TOKEN', sentence: 'Slack is half set up: set SLACK_BOT_TOKEN to the token that begins with `xoxb-`.' }];
  return [];
}

export function slackSettings(given: SlackVariables): SlackSettings | null {
  const {
    SLACK_BOT_TOKEN: bot,
    SLACK_APP_TOKEN: app,
    SLACK_SIGNING_SECRET: signing,
    SLACK_API_URL: apiUrl,
    SLACK_DIGEST_CHANNEL: digest,
  } = given;
  if (bot === undefined) return null;
  return { token: bot, appToken: app ?? null, signingSecret: signing ?? null, apiUrl: apiUrl ?? API_URL, digestChannel: digest ?? null };
}
