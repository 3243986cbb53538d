import { z } from 'zod';
import { type DiscordSettings, discordProblems, discordSettings, discordVariables } from './discord-settings.ts';
import { isPlainHttpUrl } from './forms.ts';
import { expected, oneOf } from './sentence.ts';
import { type SlackSettings, slackProblems, slackSettings, slackVariables } from './slack-settings.ts';

/** Settings that are the machine's, not the company's: addresses, places and secrets. */
export interface Settings {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly configFile: string;
  readonly dataDirectory: string;
  /** How people reach Allclear, without a slash at the end; null means by host and port. */
  readonly publicUrl: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Signs links and sessions; null means: make one and keep it in the data directory. */
  readonly secret: string | null;
  /** Bearer applications ask for switches with; null leaves asking open to all who reach the port. */
  readonly ofrepKey: string | null;
  /** Signs page webhooks (HMAC). */
  readonly webhookSecret: string | null;
  /** Bearer of inbound alerts. */
  readonly alertmanagerToken: string | null;
  /** Null without SMTP_URL. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  /** Null unless both token and repository are set: then postmortems become pull requests. */
  readonly github: GitHubSettings | null;
  /** Null without SLACK_BOT_TOKEN: then nothing of Slack is even loaded. */
  readonly slack: SlackSettings | null;
  /** Null without DISCORD_TOKEN: then nothing of Discord is even loaded. */
  readonly discord: DiscordSettings | null;
  readonly postmortemDirectory: string;
  /** Words of incidents that ended so many days ago are exported and redacted; null keeps them for ever. */
  readonly retentionDays: number | null;
  /** PostgreSQL instead of the ledger in the data directory; null means embedded. */
  readonly databaseUrl: string | null;
  /** Redis wakes the replicas; null means that each looks by itself. */
  readonly redisUrl: string | null;
  /** Hosts (`localhost`, `10.0.0.5:9090`) that runbooks and webhooks may reach although they are private. */
  readonly httpAllow: readonly string[];
}
export interface GitHubSettings {
  readonly token: string;
  readonly owner: string;
  readonly repository: string;
  readonly apiUrl: string;
  readonly baseBranch: string;
}

/** A bad variable. The sentence never holds the value of a secret. */
export interface EnvironmentProblem {
  readonly variable: string;
  readonly sentence: string;
}
export type ReadSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly EnvironmentProblem[] };
type Variables = Readonly<Record<string, string | undefined>>;

/** Variables that may come as `NAME_FILE`, the path of a file holding them, and are never shown. */
export const SECRET_VARIABLES = [
  'ALLCLEAR_SECRET',
  'OFREP_KEY',
  'WEBHOOK_SECRET',
  'ALERTMANAGER_TOKEN',
  'GITHUB_TOKEN',
  'SMTP_URL',
  'DATABASE_URL',
  'REDIS_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_API_URL',
  'DISCORD_TOKEN',
] as const;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const VALUE_CHARS_MAX = 2_048;
/** 128 bits in hexadecimal digits (OWASP ASVS 5.0, 7.2.3): who guesses this one can sign in as anybody. */
const SIGNING_SECRET_CHARS_MIN = 32;
/** What is shorter is a word, and words are guessed. */
const TOKEN_CHARS_MIN = 16;
/** Not ours to judge: made by the forge. */
const FORGE_TOKEN_CHARS_MIN = 1;
const HOST = String.raw`(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])`;

/** A text that must look like `pattern`; `what` is shown with the value, so not for secrets. */
function text(pattern: RegExp, what: string) {
  return z.string().regex(pattern, { error: ({ input }) => expected(what, input) });
}
function secret(charsMin: number) {
  const error =
    charsMin === FORGE_TOKEN_CHARS_MIN
      ? 'Write one line without spaces.'
      : `Write one line of at least ${charsMin} characters without spaces, for example from \`openssl rand -hex 32\`.`;
  return z
    .string()
    .regex(/^[\x21-\x7e]*$/, { error })
    .min(charsMin, { error });
}
/** Never shown when it is wrong: it holds a password. */
function serverUrl(protocols: readonly string[], example: string) {
  const isOne = (value: string): boolean => {
    const url = URL.parse(value);
    return url !== null && protocols.includes(url.protocol) && url.hostname !== '';
  };
  return z
    .string()
    .max(VALUE_CHARS_MAX)
    .refine(isOne, { error: `Write a URL such as \`${example}\`.` })
    .optional();
}
function baseUrl() {
  return z
    .string()
    .refine((url) => isPlainHttpUrl(url) && !/[?#]/.test(url), {
      error: ({ input }) =>
        expected('a URL beginning with https:// or http://, without user name, password, `?` and `#`', withoutUser(input)),
    })
    .transform((url) => url.replace(/\/+$/, ''));
}

const Environment = z.object({
  HOST: text(/^[A-Za-z0-9.:_-]{1,253}$/, 'a host name or an IP address').default('127.0.0.1'),
  PORT: text(/^\d{1,5}$/, 'a port from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, { error: ({ input }) => expected('a port from 0 to 65535', input) })
    .default(3000),
  ALLCLEAR_CONFIG: z.string().max(VALUE_CHARS_MAX).default('./allclear.yaml'),
  ALLCLEAR_DATA: z.string().max(VALUE_CHARS_MAX).default('./data'),
  ALLCLEAR_PUBLIC_URL: baseUrl().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: ({ input }) => expected(oneOf(LOG_LEVELS), input) }).default('info'),
  ALLCLEAR_SECRET: secret(SIGNING_SECRET_CHARS_MIN).optional(),
  OFREP_KEY: secret(TOKEN_CHARS_MIN).optional(),
  WEBHOOK_SECRET: secret(TOKEN_CHARS_MIN).optional(),
  ALERTMANAGER_TOKEN: secret(TOKEN_CHARS_MIN).optional(),
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, { error: 'Write a URL such as `smtp://user:password@mail.example.com:587` or `smtps://…`.' })
    .optional(),
  MAIL_FROM: text(
    /^(?:[^<>\r\n]{1,120}<)?[^\s@<>]{1,64}@[^\s@<>]{1,255}>?$/,
    'an address such as `Allclear <allclear@example.com>`',
  ).optional(),
  GITHUB_TOKEN: secret(FORGE_TOKEN_CHARS_MIN).optional(),
  GITHUB_REPOSITORY: text(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, 'a repository such as `owner/name`').optional(),
  GITHUB_API_URL: baseUrl().default('https://api.github.com'),
  GITHUB_BASE_BRANCH: text(/^[\w./-]{1,200}$/, 'the name of a branch').default('main'),
  DATABASE_URL: serverUrl(['postgres:', 'postgresql:'], 'postgres://user:password@db.example.com:5432/allclear'),
  REDIS_URL: serverUrl(['redis:', 'rediss:'], 'redis://:password@redis.example.com:6379'),
  ...slackVariables,
  ...discordVariables,
  POSTMORTEM_DIR: z.string().max(VALUE_CHARS_MAX).optional(),
  RETENTION_DAYS: text(/^[1-9]\d{0,4}$/, 'a number of days from 1 to 99999')
    .transform(Number)
    .optional(),
  HTTP_ALLOW: z
    .string()
    .max(VALUE_CHARS_MAX)
    .transform((list) =>
      list
        .toLowerCase()
        .split(',')
        .map((host) => host.trim())
        .filter((host) => host !== ''),
    )
    .pipe(z.array(text(new RegExp(`^${HOST}(?::\\d{1,5})?$`), 'hosts such as `localhost,10.0.0.5:9090,[::1]`')))
    .default([]),
});
type Environment = z.infer<typeof Environment>;

/**
 * Reads the settings from environment variables, or tells everything that is wrong with them. An empty variable counts as
 * not set. `readFile` answers the content of the file named by a `NAME_FILE` variable, or throws.
 */
export function readSettings(variables: Variables, readFile: (path: string) => string): ReadSettings {
  const problems: EnvironmentProblem[] = [];
  const given: Record<string, string> = {};
  for (const name of Object.keys(Environment.shape)) {
    const value = variables[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  for (const name of SECRET_VARIABLES) {
    const read = fromFile(name, variables, readFile);
    if (typeof read === 'string') given[name] = read;
    else if (read !== null) problems.push(read);
  }
  const read = Environment.safeParse(given, { error: () => 'This value is too long.' });
  if (!read.success) problems.push(...read.error.issues.map(({ path, message }) => ({ variable: String(path[0]), sentence: message })));
  else problems.push(...missingBeside(read.data));
  if (!read.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: settingsOf(read.data) };
}

/** What must be set because something else is. */
function missingBeside(environment: Environment): readonly EnvironmentProblem[] {
  const problems: EnvironmentProblem[] = [];
  if (environment.SMTP_URL !== undefined && environment.MAIL_FROM === undefined)
    problems.push({
      variable: 'MAIL_FROM',
      sentence: 'SMTP_URL is set, so say whom mail comes from, such as `Allclear <allclear@example.com>`.',
    });
  if (environment.DATABASE_URL !== undefined && environment.ALLCLEAR_SECRET === undefined)
    problems.push({
      variable: 'ALLCLEAR_SECRET',
      sentence: 'DATABASE_URL is set, so all replicas must sign alike: give each the same, for example from `openssl rand -hex 32`.',
    });
  problems.push(...slackProblems(environment), ...discordProblems(environment));
  return problems;
}

function fromFile(name: string, variables: Variables, readFile: (path: string) => string): string | EnvironmentProblem | null {
  const variable = `${name}_FILE`;
  const path = variables[variable];
  if (path === undefined || path === '') return null;
  if (variables[name] !== undefined && variables[name] !== '') return { variable, sentence: `${name} is set too; keep one of the two.` };
  try {
    const content = readFile(path).trim();
    return content === '' ? { variable, sentence: `The file ${path} is empty.` } : content;
  } catch (error) {
    // Whatever goes wrong with the file is the operator's to mend, and is told like any other bad value.
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { variable, sentence: `The file ${path} cannot be read${code}.` };
  }
}

function settingsOf(environment: Environment): Settings {
  const [owner, repository] = environment.GITHUB_REPOSITORY?.split('/') ?? [];
  const { SMTP_URL: smtpUrl, MAIL_FROM: from, GITHUB_TOKEN: token } = environment;
  return {
    host: environment.HOST,
    port: environment.PORT,
    configFile: environment.ALLCLEAR_CONFIG,
    dataDirectory: environment.ALLCLEAR_DATA,
    publicUrl: environment.ALLCLEAR_PUBLIC_URL ?? null,
    logLevel: environment.LOG_LEVEL,
    secret: environment.ALLCLEAR_SECRET ?? null,
    ofrepKey: environment.OFREP_KEY ?? null,
    webhookSecret: environment.WEBHOOK_SECRET ?? null,
    alertmanagerToken: environment.ALERTMANAGER_TOKEN ?? null,
    mail: smtpUrl !== undefined && from !== undefined ? { smtpUrl, from } : null,
    github:
      token !== undefined && owner !== undefined && repository !== undefined
        ? { token, owner, repository, apiUrl: environment.GITHUB_API_URL, baseBranch: environment.GITHUB_BASE_BRANCH }
        : null,
    slack: slackSettings(environment),
    discord: discordSettings(environment),
    retentionDays: environment.RETENTION_DAYS ?? null,
    postmortemDirectory: environment.POSTMORTEM_DIR ?? `${environment.ALLCLEAR_DATA.replace(/\/+$/, '')}/postmortems`,
    databaseUrl: environment.DATABASE_URL ?? null,
    redisUrl: environment.REDIS_URL ?? null,
    httpAllow: environment.HTTP_ALLOW,
  };
}

function isSmtpUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === 'smtp:' || url.protocol === 'smtps:') && url.hostname !== '';
}

/** A mistyped URL may still hold a password; it is not shown. */
function withoutUser(input: unknown): string {
  return String(input).replace(/\/\/[^/]*@/, '//…@');
}
