import { cp, mkdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Engine, LearningEngine } from './engine.ts';
import { debianMirror, NEWER_DEBIAN } from './needs.ts';
import { must, type RunOptions } from './program.ts';

interface BaseImage {
  readonly name: string;
  /** The release of Debian its stand-in is made of. */
  readonly debian: string;
  /** Says which version it is. */
  readonly version: readonly string[];
}

const BOOKWORM = 'bookworm';
const BASES: readonly BaseImage[] = [
  { name: 'node:24-slim', debian: BOOKWORM, version: ['sh', '-c', 'echo Node $(node --version), npm $(npm --version)'] },
  { name: 'postgres:17', debian: NEWER_DEBIAN, version: ['postgres', '--version'] },
  { name: 'redis:7', debian: BOOKWORM, version: ['redis-server', '--version'] },
];
/** A registry that is there sends its first byte well within this; a whole image may take longer. */
const PING_MS_MAX = 20_000;
const PULL_MS_MAX = 300_000;
const BOOTSTRAP_MS_MAX = 300_000;
const BUILD_MS_MAX = 300_000;
const STAND_INS = join(import.meta.dirname, 'stand-ins');

/** Gets the images that compose.yaml and the Dockerfile name; answers what they are, in a sentence each. */
export async function bringImages(engine: LearningEngine, home: string): Promise<readonly string[]> {
  const isPulled = await pullAll(engine);
  if (!isPulled) await bootstrap(engine, home);
  await engine.learnToRun(isPulled ? fullName('node:24-slim') : 'localhost/debian:bookworm');
  if (!isPulled) await buildStandIns(engine, home);
  const said: string[] = [];
  for (const { name, version, debian } of BASES) {
    const is = await engine.podman(['run', '--rm', '--entrypoint', version[0] ?? '', fullName(name), ...version.slice(1)]);
    said.push(`${name}: ${isPulled ? 'pulled' : `STAND-IN made here of Debian ${debian}`}, ${is.split('\n')[0]?.slice(0, VERSION_CHARS)}`);
  }
  return said;
}

const VERSION_CHARS = 70;
const fullName = (name: string): string => `docker.io/library/${name}`;

/** All or none: images of one kind. */
async function pullAll(engine: Engine): Promise<boolean> {
  const has = await Promise.all(BASES.map(({ name }) => engine.ask(['image', 'exists', fullName(name)])));
  if (has.every(({ code }) => code === 0))
    return engine.ask(['image', 'exists', 'localhost/debian:bookworm']).then(({ code }) => code !== 0);
  const reachable = await engine.ask(['manifest', 'inspect', fullName('redis:7')], { timeoutMs: PING_MS_MAX });
  if (reachable.code !== 0) return false;
  for (const { name } of BASES) {
    const pulled = await engine.ask(['pull', '--quiet', fullName(name)], { timeoutMs: PULL_MS_MAX });
    if (pulled.code !== 0) return false;
  }
  return true;
}

async function bootstrap(engine: Engine, home: string): Promise<void> {
  const mirror = await debianMirror();
  for (const release of [BOOKWORM, NEWER_DEBIAN]) {
    const image = `localhost/debian:${release}`;
    if ((await engine.ask(['image', 'exists', image])).code === 0) continue;
    const root = join(home, `debian-${release}`);
    await must('debootstrap', ['--variant=minbase', release, root, mirror], { timeoutMs: BOOTSTRAP_MS_MAX });
    const archive = `${root}.tar`;
    await must('tar', ['--create', '--file', archive, '--directory', root, '.']);
    await engine.podman(['import', '--quiet', archive, image]);
    await Promise.all([root, archive].map((path) => rm(path, { recursive: true })));
  }
}

async function buildStandIns(engine: Engine, home: string): Promise<void> {
  const context = join(home, 'stand-ins');
  await mkdir(context, { recursive: true });
  await cp(STAND_INS, context, { recursive: true });
  await cp(process.execPath, join(context, 'node'));
  await cp(await npmFolder(), join(context, 'npm'), { recursive: true, dereference: true });
  for (const { name } of BASES) {
    const file = join(context, `${name.split(':')[0]}.Containerfile`);
    await engine.podman([...buildWords(), '--file', file, '--tag', fullName(name), context], { timeoutMs: BUILD_MS_MAX });
  }
  await rm(context, { recursive: true });
}

/** In the form of Docker, which alone knows HEALTHCHECK; on the network of this machine, which finds what it knows by name. */
function buildWords(): readonly string[] {
  return ['build', '--quiet', '--format', 'docker', '--network', 'host'];
}

/** The npm that runs us. */
async function npmFolder(): Promise<string> {
  const program = process.env['npm_execpath'] ?? (await must('sh', ['-c', 'command -v npm']));
  return dirname(dirname(await realpath(program)));
}

/** Builds an image from the project's Dockerfile as it is; `more` hands in how this machine reaches package registries. */
export async function buildProject(engine: Engine, folder: string, tags: readonly string[], more: readonly string[]): Promise<void> {
  const options: RunOptions = { timeoutMs: BUILD_MS_MAX };
  await engine.podman([...buildWords(), ...tags.flatMap((tag) => ['--tag', tag]), ...more, folder], options);
}
