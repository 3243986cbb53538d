import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALLCLEAR, checkConfinement, health } from './bots.ts';
import type { Engine } from './engine.ts';
import { awaitStartup, fillVolumes, type Watch, watchProbe } from './kubelet.ts';
import { ADAPTED, checkSchema, filesOf, type Manifests, readManifests, replicaOf } from './manifests.ts';
import { until } from './program.ts';
import { type Check, expect } from './report.ts';

export interface KubernetesPlace {
  readonly engine: Engine;
  /** Volumes and what npm brings go below it. */
  readonly home: string;
  readonly project: string;
  /** Of the network, and the first part of the names of servers in it. */
  readonly name: string;
  readonly check: Check;
}

interface Pod {
  readonly name: string;
  readonly container: string;
  readonly url: string;
  readonly watches: readonly Watch[];
  exec(words: readonly string[]): Promise<string>;
  say(person: string, words: string, incident?: number): Promise<string>;
}

const SECOND_MS = 1_000;
const SERVER_MS_MAX = 60_000;
const DEGRADED_MS_MAX = 30_000;
/** Two looks of the slowest probe, and some. */
const WATCHED_MS = 22_000;
const STOP_MS_MAX = 60_000;
const MEBIBYTE = 1024 * 1024;

/** Runs the pods of docs/kubernetes as far as one machine can, against a PostgreSQL and a Redis, and asks their probes. */
export async function checkKubernetes(place: KubernetesPlace): Promise<void> {
  const { check, project, home, engine } = place;
  const manifests = await readManifests(project);
  for (const line of ADAPTED) console.log(`      ADAPTED: ${line}`);
  await check("the manifests are of Kubernetes' published schema", () => checkSchema(manifests, home, project));
  let pods: readonly Pod[] = [];
  await check('a PostgreSQL and a Redis in the same network', () => bringCluster(place));
  await check('kube play starts the pods, whose startup and readiness probes succeed', async () => {
    const ordinals = Array.from({ length: manifests.workload.spec.replicas }, (_, at) => at);
    pods = await Promise.all(ordinals.map((ordinal) => startPod(place, manifests, ordinal)));
    return pods.map(({ name }) => name).join(' and ');
  });
  const [one, two] = pods as [Pod, Pod];
  await check('they are confined', async () => (await Promise.all(pods.map(checkConfinement)))[0]);
  await check('their memory is limited, and enough', () => checkMemory(manifests, pods));
  await check('declared at one pod, acknowledged at the other, runbooks and all', async () => {
    const declared = await one.say('ana', 'declare sev1 Checkout is down');
    expect(/inc-1\b/.test(declared), declared);
    await two.say('ana', 'ack', 1);
    const started = await two.say('ana', 'runbook start recover-in-15', 1);
    const lists = await Promise.all(pods.map((pod) => pod.say('ana', 'timeline', 1)));
    expect(lists[0] === lists[1], lists.join('\nbut the other\n'));
    return started.split('\n')[0];
  });
  await check('while PostgreSQL is away they stay in service, and declare', () => withoutDatabase(place, pods));
  await check('no probe failed so often that a kubelet would have acted', async () => {
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
    const said = pods.flatMap(({ watches }) => watches.map((watch) => watch.check()));
    await Promise.all(pods.flatMap(({ watches }) => watches.map((watch) => watch.end())));
    return said.slice(0, 2).join('; ');
  });
  await check('they terminate with 0 within terminationGracePeriodSeconds', () => terminate(place, manifests, pods));
  await check('made anew they find their disks and the ledger', async () => {
    await Promise.all(pods.map(({ name }) => engine.podman(['pod', 'rm', '--force', name])));
    pods = await Promise.all(pods.map((_, ordinal) => startPod(place, manifests, ordinal)));
    await Promise.all(pods.flatMap(({ watches }) => watches.map((watch) => watch.end())));
    return (await (pods[0] as Pod).exec([...ALLCLEAR, 'audit', 'verify'])).split('\n')[0];
  });
}

async function bringCluster({ engine, name }: KubernetesPlace): Promise<undefined> {
  const beside = (server: string) => ['run', '--detach', '--name', `${name}-${server}`, '--network', name];
  await engine.podman(['network', 'create', name]);
  const variables = ['USER', 'PASSWORD', 'DB'].flatMap((word) => ['--env', `POSTGRES_${word}=allclear`]);
  await engine.podman([...beside('postgres'), ...variables, 'docker.io/library/postgres:17']);
  const redis = ['docker.io/library/redis:7', 'redis-server', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];
  await engine.podman([...beside('redis'), ...redis]);
  const asks = ['exec', `${name}-postgres`, 'pg_isready', '--username=allclear', '--dbname=allclear'];
  await until('PostgreSQL is ready', SERVER_MS_MAX, async () => ((await engine.ask(asks)).code === 0 ? true : null));
  return undefined;
}

/** What a cluster is asked to hold by the head of the manifests, by the name of the ConfigMap or Secret. */
async function heldBy({ project, name }: KubernetesPlace): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  return {
    'ConfigMap allclear': { 'allclear.yaml': await readFile(join(project, 'allclear.yaml'), 'utf8') },
    'ConfigMap allclear-runbooks': await filesOf(join(project, 'runbooks')),
    'Secret allclear': {
      ALLCLEAR_SECRET: '0123456789abcdef'.repeat(4),
      DATABASE_URL: `postgres://allclear:allclear@${name}-postgres:5432/allclear`,
      REDIS_URL: `redis://${name}-redis:6379`,
    },
  };
}

async function startPod(place: KubernetesPlace, manifests: Manifests, ordinal: number): Promise<Pod> {
  const { engine, home, name: cluster } = place;
  const { metadata, spec } = manifests.workload;
  const name = `${metadata.name}-${ordinal}`;
  const folder = join(home, 'kubernetes', name);
  await mkdir(folder, { recursive: true });
  const folders = await fillVolumes(manifests, await heldBy(place), folder);
  await writeFile(join(folder, 'pod.yaml'), replicaOf(manifests, ordinal, folders));
  await engine.podman(['kube', 'play', '--network', cluster, join(folder, 'pod.yaml')]);
  const [{ name: container, ports, startupProbe, readinessProbe, livenessProbe }] = spec.template.spec.containers;
  const infra = await engine.podman(['pod', 'inspect', '--format', '{{.InfraContainerID}}', name]);
  const address = await engine.podman(['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', infra]);
  const url = `http://${address}:${ports[0]?.containerPort}`;
  await awaitStartup(url, startupProbe).catch(async (fault: unknown) => {
    throw new Error(`${String(fault)}\n${(await engine.ask(['logs', '--tail', '10', `${name}-${container}`])).stderr}`);
  });
  await health(url, '/readyz');
  const exec = (words: readonly string[]) => engine.podman(['exec', `${name}-${container}`, ...words]);
  return {
    name,
    container: `${name}-${container}`,
    url,
    watches: [readinessProbe, livenessProbe].map((probe) => watchProbe(url, probe)),
    exec,
    say: (person, words, incident) =>
      exec([...ALLCLEAR, 'say', '--as', person, ...(incident === undefined ? [] : ['--incident', String(incident)]), words]),
  };
}

/** Asks the kernel, not Podman. */
async function checkMemory({ workload }: Manifests, pods: readonly Pod[]): Promise<string> {
  const { memory } = workload.spec.template.spec.containers[0].resources.limits;
  const limit = Number(memory.replace(/Mi$/, '')) * MEBIBYTE;
  const said = await Promise.all(
    pods.map(async ({ name, exec }) => {
      const limits = await exec([
        'sh',
        '-c',
        'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max',
      ]);
      expect(Number(limits) === limit, `${name} is limited to ${limits} bytes`);
      const resident = Number(/VmRSS:\s*(\d+)/.exec(await exec(['cat', '/proc/1/status']))?.[1]) / 1_024;
      expect(resident < limit / MEBIBYTE / 2, `${name} has ${resident} MiB resident`);
      return `${Math.round(resident)}`;
    }),
  );
  return `${said.join(' and ')} of ${memory} resident`;
}

async function withoutDatabase({ engine, name }: KubernetesPlace, pods: readonly Pod[]): Promise<string> {
  await engine.podman(['stop', '--time', '5', `${name}-postgres`]);
  const allAre = (status: string) =>
    Promise.all(
      pods.map(({ url }) =>
        until(`${url} is ${status}`, DEGRADED_MS_MAX, async () => ((await health(url, '/readyz')).status === status ? true : null)),
      ),
    );
  await allAre('degraded');
  const said = await (pods[0] as Pod).say('ana', 'declare sev2 Search is slow');
  const number = /inc-(\d+)/.exec(said)?.[1];
  await engine.podman(['start', `${name}-postgres`]);
  await allAre('ready');
  const other = pods[1] as Pod;
  await until('it is in the ledger', DEGRADED_MS_MAX, async () =>
    (await other.say('ana', 'list')).includes(`inc-${number}`) ? true : null,
  );
  return `inc-${number}, seen by the other afterwards`;
}

async function terminate({ engine }: KubernetesPlace, { workload }: Manifests, pods: readonly Pod[]): Promise<string> {
  const graceSeconds = workload.spec.template.spec.terminationGracePeriodSeconds;
  const took = await Promise.all(
    pods.map(async ({ name, container }) => {
      const from = performance.now();
      await engine.podman(['stop', '--time', String(graceSeconds), container], { timeoutMs: STOP_MS_MAX });
      const tookMs = performance.now() - from;
      const code = await engine.podman(['inspect', '--format', '{{.State.ExitCode}}', container]);
      expect(code === '0' && tookMs < graceSeconds * SECOND_MS, `${name} ended with ${code} after ${Math.round(tookMs)} ms`);
      return `${(tookMs / SECOND_MS).toFixed(1)} s`;
    }),
  );
  return took.join(' and ');
}
