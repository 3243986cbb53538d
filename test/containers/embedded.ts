import { hiddenIn, sessionCookie } from '../contract/console-client.ts';
import {
  ALLCLEAR,
  type Bot,
  botsOf,
  checkConfinement,
  complaintsIn,
  crash,
  freePorts,
  health,
  healthy,
  ready,
  restarted,
  startedAt,
} from './bots.ts';
import type { Engine } from './engine.ts';
import type { ProjectCopy } from './project.ts';
import { type Check, expect } from './report.ts';

/** As compose.yaml promises with `stop_grace_period`, less what Compose itself needs. */
const GRACE_MS = 15_000;

/** `docker compose up` and nothing else: one bot with its SQLite file in a volume. */
export async function checkEmbedded(project: ProjectCopy, engine: Engine, check: Check): Promise<void> {
  const [port = 0] = await freePorts(1);
  const variables = { ALLCLEAR_PORTS: String(port), ALLCLEAR_PUBLIC_URL: `http://localhost:${port}` };
  const up = () => project.compose(['up', '--detach', '--no-build'], { variables });
  let bot = {} as Bot;
  await check('compose up starts one bot, which gets ready', async () => {
    await up();
    [bot] = (await botsOf(project, engine, 1)) as [Bot];
    await ready(bot.url);
    const running = (await project.compose(['ps', '--services'])).split('\n').sort();
    expect(running.join(' ') === 'allclear', `there are also ${running.join(' ')}`);
    return `/healthz ${(await health(bot.url, '/healthz')).status}, /readyz ${(await health(bot.url, '/readyz')).status}`;
  });
  await check('the HEALTHCHECK of the image calls it healthy', () => healthy(engine, bot.container));
  await check('it is confined', () => checkConfinement(bot));
  await check('a person signs in by a link and declares on the console', () => declareOnConsole(bot, port));
  await check('a command line in the container declares', async () => {
    const said = await bot.say('ana', 'sev2 Search is slow');
    expect(/inc-2\b/.test(said), said);
    return said.split('\n')[0];
  });
  await check('killed with -9 it comes back by itself, with both incidents', async () => {
    const before = await startedAt(engine, bot.container);
    await crash(engine, bot.container);
    await restarted(engine, bot.container, before);
    await ready(bot.url);
    return bothIncidents(bot);
  });
  await check('SIGTERM ends it with 0 within its grace', () => stopAll(project, engine, [bot.container], GRACE_MS));
  await check('after compose down and up both incidents are there', async () => {
    await project.compose(['down']);
    await up();
    [bot] = (await botsOf(project, engine, 1)) as [Bot];
    await ready(bot.url);
    return bothIncidents(bot);
  });
  await check('its ledger is whole', async () => (await bot.exec([...ALLCLEAR, 'audit', 'verify'])).split('\n')[0]);
  await check('it complained about nothing', async () => {
    const complaints = complaintsIn(await project.compose(['logs', '--no-log-prefix', 'allclear']));
    expect(complaints.length === 0, complaints.join('\n'));
    return undefined;
  });
  await project.compose(['down', '--volumes']);
}

async function bothIncidents(bot: Bot): Promise<string> {
  const list = await bot.say('ana', 'list');
  expect(/inc-1\b/.test(list) && /inc-2\b/.test(list), list);
  return 'inc-1 and inc-2';
}

/** As a person with a browser does, to whom somebody on the machine gave the link. */
async function declareOnConsole(bot: Bot, port: number): Promise<string> {
  const link = await bot.exec([...ALLCLEAR, 'sign-in', 'ana']);
  const url = new URL(link);
  expect(url.host === `localhost:${port}`, `the link leads to ${url.origin}, where nobody listens`);
  const refused = await sessionCookie(url.origin, 'ana').then(
    () => false,
    () => true,
  );
  expect(refused, 'without a link anybody may sign in');
  const cookie = await useLink(url);
  const page = await (await fetch(url.origin, { headers: { cookie } })).text();
  const words = 'sev1 Checkout is down';
  const answered = await fetch(`${url.origin}/act`, {
    method: 'POST',
    headers: { cookie, origin: url.origin, accept: 'application/json' },
    body: new URLSearchParams({ csrf: hiddenIn(page, 'csrf'), nonce: hiddenIn(page, 'nonce'), back: '/', words }),
  });
  const said = (await answered.json()) as { ok?: boolean; go?: string };
  expect(said.ok === true, `${answered.status} ${JSON.stringify(said)}`);
  return said.go ?? '';
}

async function useLink(url: URL): Promise<string> {
  const token = url.searchParams.get('token') ?? '';
  const answered = await fetch(new URL('/sign-in', url), {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url.origin, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ token }),
  });
  const cookie = answered.headers.get('set-cookie')?.split(';')[0];
  expect(cookie !== undefined, `the link opened nothing: ${answered.status}`);
  return cookie ?? '';
}

/** `docker compose stop` on everything; the named containers must have ended by themselves, with 0. */
export async function stopAll(project: ProjectCopy, engine: Engine, containers: readonly string[], graceMs: number): Promise<string> {
  const from = performance.now();
  await project.compose(['stop', 'allclear']);
  const tookMs = performance.now() - from;
  for (const container of containers) {
    const code = await engine.podman(['inspect', '--format', '{{.State.ExitCode}}', container]);
    expect(code === '0', `${container} ended with ${code}`);
  }
  expect(tookMs < graceMs, `it took ${Math.round(tookMs)} ms`);
  return `${(tookMs / 1_000).toFixed(1)} s`;
}
