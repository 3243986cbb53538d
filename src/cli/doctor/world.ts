import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { GitHubSettings, Settings } from '../../config/environment.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { createHttpClient, type HttpClient } from '../../kit/http.ts';
import { mailServerProblem } from '../../pagers/email-check.ts';
import { runningBot } from '../running.ts';
import { broken, type Finding, good, sayFault, warning } from './finding.ts';

/** Whoever runs the doctor waits for it. */
const ANSWER_MS_MAX = 5 * SECOND_MS;

/** Connects and logs in, sends nothing. */
export async function lookAtMail({ mail }: Settings, { people }: Catalog): Promise<Finding> {
  if (mail === null) {
    const reached = Object.values(people).filter(({ email }) => email !== null).length;
    const next = 'Set SMTP_URL and MAIL_FROM.';
    return warning('mail', `No mail server: ${reached} people have an e-mail address and are paged otherwise.`, next);
  }
  const problem = await mailServerProblem(mail.smtpUrl, ANSWER_MS_MAX);
  if (problem === null) return good('mail', 'the mail server answers and lets us in; nothing was sent');
  return broken(
    'mail',
    `The mail server does not take our mail: ${problem}.`,
    'Correct SMTP_URL, or the server: nobody is paged by e-mail.',
  );
}

/** Where postmortems go. */
export async function lookAtForge({ github, postmortemDirectory }: Settings): Promise<Finding> {
  return github === null ? lookAtGit(postmortemDirectory) : lookAtGitHub(github);
}

async function lookAtGit(directory: string): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'], { timeout: ANSWER_MS_MAX });
    return good('postmortems', `${stdout.trim()}, into ${directory}`);
  } catch (fault) {
    const next = 'Install git, or set GITHUB_TOKEN and GITHUB_REPOSITORY.';
    return broken('postmortems', `There is no git to commit them with (${sayFault(fault)}).`, next);
  }
}

const Repository = z.looseObject({ permissions: z.looseObject({ push: z.boolean() }).optional() });

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
async function lookAtGitHub({ token, owner, repository, apiUrl }: GitHubSettings): Promise<Finding> {
  const client = createHttpClient({ allow: [new URL(apiUrl).host], timeoutMs: ANSWER_MS_MAX });
  const headers = { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'user-agent': 'Allclear' };
  const answer = await client.request({ method: 'GET', url: `${apiUrl}/repos/${owner}/${repository}`, headers });
  const name = `${owner}/${repository}`;
  if (!answer.ok) return broken('postmortems', `GitHub does not answer: ${answer.detail}.`, 'Correct GITHUB_API_URL, or wait.');
  if (answer.status === 401) return broken('postmortems', 'GitHub refuses the token.', 'Make a new GITHUB_TOKEN.');
  if (answer.status !== 200) {
    const next = 'Give the token access to it, or correct GITHUB_REPOSITORY.';
    return broken('postmortems', `GitHub answers ${answer.status} for ${name}.`, next);
  }
  const mayPush = Repository.safeParse(jsonOf(answer.text)).data?.permissions?.push;
  if (mayPush === false)
    return broken('postmortems', `The token may only read ${name}.`, 'Give it write access to contents and pull requests.');
  return good('postmortems', `as pull requests to ${name}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, for example: then nothing is known about permissions.
    return null;
  }
}

/** Secrets that are not set although something relies on them. */
export function lookAtSecrets(settings: Settings, { people }: Catalog): readonly Finding[] {
  const webhooks = Object.values(people).filter(({ webhook }) => webhook !== null).length;
  const found: Finding[] = [];
  if (webhooks > 0 && settings.webhookSecret === null) {
    const next = 'Set WEBHOOK_SECRET, and let the receivers check it.';
    found.push(warning('webhooks', `${webhooks} people are paged by webhook, and the deliveries are not signed.`, next));
  }
  if (isLoopback(settings.host)) return found;
  const open = [
    ...(settings.ofrepKey === null ? ['OFREP_KEY (anybody may ask for switches)'] : []),
    ...(settings.alertmanagerToken === null ? ['ALERTMANAGER_TOKEN (anybody may send alerts)'] : []),
  ];
  if (open.length > 0) {
    found.push(warning('secrets', `HOST is ${settings.host}, and not set are: ${open.join(', ')}.`, 'Set them, or listen on 127.0.0.1.'));
  }
  return found;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** The bot that runs on this data directory, through its own front door. */
export async function lookAtConsole({ dataDirectory }: Settings): Promise<Finding> {
  const bot = runningBot(dataDirectory);
  if (bot === null) return good('console', 'no bot runs here now; start it with npm start');
  const client = createHttpClient({ allow: [new URL(bot.url).host], timeoutMs: ANSWER_MS_MAX });
  const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => statusOf(client, bot.url + path)));
  if (alive === 200 && ready === 200) return good('console', `${bot.url}, alive and ready (process ${bot.pid})`);
  const said = `/healthz ${alive ?? 'silent'}, /readyz ${ready ?? 'silent'}`;
  return broken(
    'console',
    `The bot at ${bot.url} (process ${bot.pid}) is not well: ${said}.`,
    'Look at its log; if it is gone, start it again.',
  );
}

async function statusOf(client: HttpClient, url: string): Promise<number | null> {
  const answer = await client.request({ method: 'GET', url });
  return answer.ok ? answer.status : null;
}
