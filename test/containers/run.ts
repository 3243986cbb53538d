import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkEmbedded } from './embedded.ts';
import { type LearningEngine, openEngine, startHealthTimer } from './engine.ts';
import { bringImages, buildProject } from './images.ts';
import { checkKubernetes } from './kubernetes.ts';
import { bringPrograms, findCompose } from './needs.ts';
import { copyProject, imageOf, machineWords, PROJECT, type ProjectCopy } from './project.ts';
import { type Check, createReport, type Report } from './report.ts';
import { checkScaledOut } from './scaled-out.ts';

export const AREAS = ['embedded', 'scaled-out', 'kubernetes'] as const;

export interface ContainersOptions {
  readonly areas: readonly string[];
  /** A folder that keeps images for the next time; null for one of its own that is gone afterwards. */
  readonly images: string | null;
}

/** Of containers, networks and volumes, below a storage that nobody else uses. */
const NAME = 'allclear-containers';
/** The image that the manifests name. */
const KUBERNETES_IMAGE = 'localhost/allclear:0.1.0';
/** Every step has a time of its own; all of them together take a fifth of this. */
const ALL_MS_MAX = 1_800_000;
/** Of the log of each container, when something is wrong. */
const LOG_LINES = '20';

/** Runs what the Dockerfile, compose.yaml and the Kubernetes manifests say, on this machine; answers whether all of it came out well. */
export async function runContainers({ areas, images }: ContainersOptions): Promise<boolean> {
  const missing = await bringPrograms();
  for (const line of missing) console.error(`MISSING: ${line}`);
  if (missing.length > 0) return false;
  const home = images === null ? await mkdtemp(join(tmpdir(), 'allclear-')) : resolve(images);
  await mkdir(home, { recursive: true });
  const engine = await openEngine(home);
  const report = createReport((line) => console.log(line));
  const endHealth = startHealthTimer(engine);
  const cleanUp = async (): Promise<void> => {
    await endHealth();
    await engine.stop();
    if (images === null) await rm(home, { recursive: true, force: true });
  };
  const giveUp = (why: string) => () => {
    console.error(`Given up: ${why}.`);
    void cleanUp().finally(() => process.exit(1));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, giveUp(signal));
  const patience = setTimeout(giveUp(`not done within ${ALL_MS_MAX / 60_000} minutes`), ALL_MS_MAX);
  try {
    await runAreas(engine, home, areas, report);
  } finally {
    clearTimeout(patience);
    await cleanUp();
  }
  for (const line of ['', ...report.table()]) console.log(line);
  return report.isGood;
}

async function runAreas(engine: LearningEngine, home: string, areas: readonly string[], report: Report): Promise<void> {
  const compose = await findCompose(home);
  for (const line of await bringImages(engine, home)) console.log(line);
  console.log(`Podman ${engine.manner}; Docker Compose ${compose.version}`);
  if (engine.isHealthAskedHere) console.log('No systemd here: containers are asked for their health by this program, as its timers would.');
  const project = await copyProject(engine, compose, home, NAME);
  await report.area('image', async (check) => {
    await check('the Dockerfile builds, and a whole incident comes out well in it', async () => {
      await buildProject(engine, project.folder, [imageOf(NAME), KUBERNETES_IMAGE], await machineWords(home));
      return undefined;
    });
  });
  if (!report.isGood) return;
  const embedded = (check: Check) => checkEmbedded(project, engine, check);
  const scaledOut = (check: Check) => checkScaledOut(project, engine, check);
  if (areas.includes('embedded')) await report.area('compose up', withLogs(project, embedded));
  if (areas.includes('scaled-out')) await report.area('compose up, scaled out', withLogs(project, scaledOut));
  if (areas.includes('kubernetes'))
    await report.area('Kubernetes', (check) => checkKubernetes({ engine, home, project: PROJECT, name: `${NAME}-cluster`, check }));
}

/** When something is wrong, the containers themselves know best why. */
function withLogs(project: ProjectCopy, checks: (check: Check) => Promise<void>): (check: Check) => Promise<void> {
  return async (check) => {
    try {
      await checks(check);
    } catch (fault) {
      const all = ['--profile', 'scaled-out'];
      console.error((await project.ask([...all, 'logs', '--no-color', '--tail', LOG_LINES])).stdout);
      await project.ask([...all, 'down', '--volumes', '--timeout', '2']);
      throw fault;
    }
  };
}
