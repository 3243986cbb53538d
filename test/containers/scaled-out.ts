import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { company } from '../faults/company.ts';
import { ALLCLEAR, type Bot, botsOf, checkConfinement, crash, freePorts, health, healthy, ready, restarted, startedAt } from './bots.ts';
import { stopAll } from './embedded.ts';
import type { Engine } from './engine.ts';
import { isOf, type PhoneBeside, startPhone } from './phones.ts';
import { until } from './program.ts';
import type { ProjectCopy } from './project.ts';
import { type Check, expect } from './report.ts';

/** Long enough to kill whoever is calling, well below what the bots wait for an answer. */
const PHONE_ANSWERS_MS = 3_000;
const UP = ['--profile', 'scaled-out', 'up', '--detach', '--no-build', '--scale', 'allclear=2'];
/** Of the load balancer that nobody set up here. */
const PUBLIC_URL = 'http://allclear.example.com';
const GRACE_MS = 15_000;
const DEGRADED_MS_MAX = 30_000;

interface Stage {
  readonly project: ProjectCopy;
  readonly engine: Engine;
  readonly check: Check;
  readonly bots: readonly [Bot, Bot];
  readonly phone: PhoneBeside;
}

/** What the head of compose.yaml says about scaling out: two bots, PostgreSQL and Redis, each of which is then killed. */
export async function checkScaledOut(project: ProjectCopy, engine: Engine, check: Check): Promise<void> {
  const ports = await freePorts(2);
  const phoneName = `${project.name}-phone`;
  await writeCompany(project, phoneName);
  const server = (name: string) => `${project.name}-${name}-1`;
  let stage = {} as Stage;
  await check('compose up starts two bots, PostgreSQL and Redis, and waits for both', async () => {
    const took = await upOnPorts(project, ports, phoneName);
    const bots = (await botsOf(project, engine, 2)) as [Bot, Bot];
    const phone = await startPhone(engine, phoneName, `${project.name}_default`, PHONE_ANSWERS_MS);
    stage = { project, engine, check, bots, phone };
    await Promise.all(bots.map(({ url }) => ready(url)));
    return took;
  });
  await check('all four containers are healthy', async () => {
    const all = [...stage.bots.map(({ container }) => container), server('postgres'), server('redis')];
    await Promise.all(all.map((container) => healthy(engine, container)));
    return undefined;
  });
  await check('both bots are confined', async () => (await Promise.all(stage.bots.map(checkConfinement)))[0]);
  await check('Redis logs its writes and evicts nothing', () => checkRedis(project));
  await check('declared at one bot, acknowledged at the other, one incident', () => oneIncident(stage));
  await checkDeaths(stage, server);
  await check('each lets a person in by a link', async () => {
    const links = await Promise.all(stage.bots.map((bot) => bot.exec([...ALLCLEAR, 'sign-in', 'ana'])));
    expect(
      links.every((link) => link.startsWith(`${PUBLIC_URL}/sign-in?token=`)),
      links.join(' '),
    );
    return undefined;
  });
  await check('SIGTERM ends both with 0 within their grace', () =>
    stopAll(
      project,
      engine,
      stage.bots.map(({ container }) => container),
      GRACE_MS,
    ),
  );
  await check('after compose down and up everything is there', async () => {
    await engine.podman(['rm', '--force', '--time', '1', phoneName]);
    await project.compose(['--profile', 'scaled-out', 'down']);
    await project.compose(UP);
    const bots = (await botsOf(project, engine, 2)) as [Bot, Bot];
    await Promise.all(bots.map(({ url }) => ready(url)));
    const verdict = (await bots[0].exec([...ALLCLEAR, 'audit', 'verify'])).split('\n')[0];
    expect((await seenByBoth({ ...stage, bots }, [1, 2, 3, 4])) === true, 'an incident is gone');
    return verdict;
  });
  await project.compose(['--profile', 'scaled-out', 'down', '--volumes']);
}

/** A company whose pages go to the phone. It has no switches, which the runbooks of the example ask for. */
async function writeCompany({ folder }: ProjectCopy, phone: string): Promise<void> {
  await writeFile(join(folder, 'allclear.yaml'), company(`http://${phone}:8080`, null));
  await rm(join(folder, 'runbooks'), { recursive: true });
  await mkdir(join(folder, 'runbooks'));
}

/** With the ports that compose.yaml proposes, a range; Podman's API knows none, so there the engine chooses. */
async function upOnPorts(project: ProjectCopy, ports: readonly number[], phone: string): Promise<string> {
  await writeEnvironment(project, ports.join('-'), `${phone}:8080`);
  const range = await project.ask(UP);
  if (range.code === 0) return `on ports ${ports.join(' and ')}`;
  expect(range.stderr.includes(`parsing "${ports.join('-')}"`), range.stderr);
  await writeEnvironment(project, '0', `${phone}:8080`);
  await project.compose(UP);
  return 'ADAPTED: Podman takes no range of ports, so ALLCLEAR_PORTS=0 instead';
}

function writeEnvironment(project: ProjectCopy, ports: string, phone: string): Promise<void> {
  return writeFile(
    join(project.folder, '.env'),
    [
      'DATABASE_URL=postgres://allclear:allclear@postgres:5432/allclear',
      'REDIS_URL=redis://redis:6379',
      `ALLCLEAR_SECRET=${'0123456789abcdef'.repeat(4)}`,
      `ALLCLEAR_PORTS=${ports}`,
      `ALLCLEAR_PUBLIC_URL=${PUBLIC_URL}`,
      // The phone is on the network of the bots, which is a private one.
      `HTTP_ALLOW=${phone}`,
      'WEBHOOK_SECRET=rings-phones-0123456789',
      '',
    ].join('\n'),
  );
}

async function checkRedis(project: ProjectCopy): Promise<string> {
  const settings = await Promise.all(
    ['appendonly', 'maxmemory-policy', 'appendfsync'].map((name) =>
      project.compose(['exec', '--no-TTY', 'redis', 'redis-cli', 'config', 'get', name]),
    ),
  );
  const said = settings.map((setting) => setting.split(/\s+/).join(' ')).join(', ');
  expect(said === 'appendonly yes, maxmemory-policy noeviction, appendfsync everysec', said);
  return said;
}

async function oneIncident({ bots: [one, two], phone }: Stage): Promise<string> {
  const declared = await one.say('ana', 'declare sev1 Checkout is down');
  expect(/inc-1\b/.test(declared), declared);
  const ring = await phone.rung('the page of inc-1 rings', isOf(1));
  await two.say('bo', 'ack', 1);
  await phone.rung('the phone answers', (each) => each.is === 'answered' && each.key === ring.key);
  const lists = await Promise.all([one, two].map((bot) => bot.say('ana', 'timeline', 1)));
  expect(lists[0] === lists[1] && /acknowledged/i.test(lists[0] ?? ''), lists.join('\nbut the other\n'));
  return `page ${ring.page}`;
}

/** Everything dies once. What was declared rings, whatever was away. */
async function checkDeaths(stage: Stage, server: (name: string) => string): Promise<void> {
  const { check, engine, bots, phone, project } = stage;
  await check('a bot killed with -9 while it calls: the other calls again, under the same key', () => crashCaller(stage));
  await check('a bot killed with -9 comes back by itself', async () => {
    const before = await startedAt(engine, bots[0].container);
    await crash(engine, bots[0].container);
    await restarted(engine, bots[0].container, before);
    await Promise.all(bots.map(({ url }) => ready(url)));
    return undefined;
  });
  await check('Redis killed with -9: declared meanwhile, it rings; Redis comes back by itself', async () => {
    const before = await startedAt(engine, server('redis'));
    await crash(engine, server('redis'));
    await bots[0].say('ana', 'declare sev1 Search is down');
    await phone.rung('the page of inc-3 rings', isOf(3));
    await restarted(engine, server('redis'), before);
    await Promise.all(bots.map(({ url }) => ready(url)));
    await bots[1].say('ana', 'declare sev1 Mail is down');
    await phone.rung('the page of inc-4 rings', isOf(4));
    return checkRedis(project);
  });
  await check('PostgreSQL away: each declares into its spool and rings; both are in the ledger afterwards', async () => {
    await project.compose(['stop', 'postgres']);
    await Promise.all(bots.map(degraded));
    const said = await Promise.all(bots.map((bot) => bot.say('ana', `declare sev1 Disk of bot ${bot.index} is full`)));
    const numbers = said.map((text) => Number(/inc-(\d+)/.exec(text)?.[1]));
    await Promise.all(numbers.map((number) => phone.rung(`the page of inc-${number} rings`, isOf(number))));
    await project.compose(['start', 'postgres']);
    await Promise.all(bots.map(({ url }) => ready(url)));
    await until('both incidents are in the ledger', DEGRADED_MS_MAX, () => seenByBoth(stage, numbers));
    return numbers.map((number) => `inc-${number}`).join(' and ');
  });
}

async function crashCaller({ engine, bots, phone }: Stage): Promise<string> {
  await bots[0].say('ana', 'declare sev1 Orders are lost');
  const ring = await phone.rung('the page of inc-2 rings', isOf(2));
  const addresses = await Promise.all(bots.map((bot) => addressOf(engine, bot)));
  const caller = bots[addresses.indexOf(ring.from)];
  expect(caller !== undefined, `somebody at ${ring.from} called, the bots are at ${addresses.join(' and ')}`);
  // SIGKILL at once, and told not to start again: else it is back before its lease is over, and calls again itself.
  await engine.podman(['stop', '--time', '0', (caller as Bot).container]);
  const from = performance.now();
  const other = addresses.find((address) => address !== ring.from);
  const again = await phone.rung('it rings again', (each) => each.key === ring.key && each.from === other);
  const tookMs = performance.now() - from;
  await phone.rung('and is answered', ({ key, is, from: who }) => key === again.key && is === 'answered' && who === other);
  await engine.podman(['start', (caller as Bot).container]);
  return `bot ${(caller as Bot).index} killed, again after ${(tookMs / 1_000).toFixed(1)} s`;
}

function addressOf(engine: Engine, { container }: Bot): Promise<string> {
  return engine.podman(['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container]);
}

function degraded({ url }: Bot): Promise<true> {
  return until(`${url} says that it is degraded`, DEGRADED_MS_MAX, async () =>
    (await health(url, '/readyz')).status === 'degraded' ? true : null,
  );
}

async function seenByBoth({ bots }: Stage, numbers: readonly number[]): Promise<true | null> {
  const lists = await Promise.all(bots.map((bot) => bot.say('ana', 'list')));
  return lists.every((list) => numbers.every((number) => new RegExp(`inc-${number}\\b`).test(list))) ? true : null;
}
