import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Engine } from './engine.ts';
import type { Compose } from './needs.ts';
import { must, type Ran, type RunOptions, run } from './program.ts';

/** A copy of the project in which compose.yaml is run unchanged, so that no `.env` and no data stay in the project. */
export interface ProjectCopy {
  readonly folder: string;
  /** Of containers, networks and volumes. */
  readonly name: string;
  compose(words: readonly string[], options?: RunOptions): Promise<string>;
  /** As `compose`, for commands whose failing is an answer. */
  ask(words: readonly string[], options?: RunOptions): Promise<Ran>;
}

export const PROJECT = join(import.meta.dirname, '../..');
/** Not part of what is delivered. */
const LEFT_OUT = new Set(['node_modules', '.git', 'data', '.env', 'coverage']);
/** Containers that are waited for until they are healthy or have ended. */
const COMPOSE_MS_MAX = 180_000;

export async function copyProject(engine: Engine, { program, words }: Compose, home: string, name: string): Promise<ProjectCopy> {
  const folder = join(home, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(PROJECT, folder, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(PROJECT, path)) });
  // What this shell happens to say of Allclear must not decide what is checked.
  const ours = Object.keys(process.env).filter((variable) => variable.startsWith('ALLCLEAR_') || variable.startsWith('COMPOSE_'));
  const variables = { ...Object.fromEntries(ours.map((variable) => [variable, ''])), ...engine.variables };
  const all = (more: readonly string[]) => [...words, '--project-name', name, '--progress', 'quiet', ...more];
  const options = (given: RunOptions = {}): RunOptions => ({
    timeoutMs: COMPOSE_MS_MAX,
    ...given,
    directory: folder,
    variables: { ...variables, ...given.variables },
  });
  return {
    folder,
    name,
    compose: (more, given) => must(program, all(more), options(given)),
    ask: (more, given) => run(program, all(more), options(given)),
  };
}

/** The name Compose looks for before it builds an image of a service itself. */
export const imageOf = (name: string): string => `docker.io/library/${name}-allclear`;

/** As a build-time mount each: which registry this machine takes packages from and whom it trusts. Nothing of it stays in the image. */
export async function machineWords(home: string): Promise<readonly string[]> {
  const authorities = process.env['NODE_EXTRA_CA_CERTS'] ?? process.env['SSL_CERT_FILE'];
  const registry = await must('npm', ['config', 'get', 'registry'], { directory: home });
  const npm = join(home, 'npmrc');
  await writeFile(npm, [`registry=${registry}`, ...(authorities === undefined ? [] : [`cafile=${AUTHORITIES}`]), ''].join('\n'));
  const mounts = [[npm, '/usr/local/etc/npmrc'], ...(authorities === undefined ? [] : [[authorities, AUTHORITIES]])];
  return mounts.flatMap(([from, to]) => ['--volume', `${from}:${to}:ro`]);
}

/** `ca-certificates.crt` of the image itself is written by a step of the build. */
const AUTHORITIES = '/etc/ssl/build-time.crt';
