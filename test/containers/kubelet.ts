import { chmod, chown, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { health } from './bots.ts';
import type { Manifests, Probe, Volume } from './manifests.ts';
import { expect } from './report.ts';

const SECOND_MS = 1_000;
/** What Kubernetes takes when a probe does not say (kubernetes.io, "Configure Probes"). */
const DEFAULTS = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 } as const;

/** Asks as a kubelet does before anything else: until it answers once, or has failed as often as it may. */
export async function awaitStartup(url: string, probe: Probe): Promise<number> {
  const { periodSeconds, timeoutSeconds, failureThreshold } = { ...DEFAULTS, ...probe };
  for (let asked = 1; asked <= failureThreshold; asked += 1) {
    if ((await problemOf(url, probe, timeoutSeconds)) === null) return asked;
    await sleep(periodSeconds * SECOND_MS);
  }
  throw new Error(`the startup probe failed ${failureThreshold} times: a kubelet would have killed it`);
}

export interface Watch {
  /** Throws when the kubelet would have acted: taken the pod out of the service, or killed the container. */
  check(): string;
  end(): Promise<void>;
}

/** Goes on asking, as often as the manifest says, until it is ended. */
export function watchProbe(url: string, probe: Probe): Watch {
  const { periodSeconds, timeoutSeconds, failureThreshold } = { ...DEFAULTS, ...probe };
  const ended = new AbortController();
  let asked = 0;
  let failedInARow = 0;
  let worst = 0;
  let last = '';
  const loop = (async () => {
    while (!ended.signal.aborted) {
      const problem = await problemOf(url, probe, timeoutSeconds);
      asked += 1;
      failedInARow = problem === null ? 0 : failedInARow + 1;
      worst = Math.max(worst, failedInARow);
      last = problem ?? last;
      await sleep(periodSeconds * SECOND_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    check() {
      expect(asked > 0, `${probe.httpGet.path} was not asked yet`);
      expect(worst < failureThreshold, `${probe.httpGet.path} failed ${worst} times in a row: ${last}`);
      return `${probe.httpGet.path} ${asked} times, ${worst} failed in a row at most`;
    },
    async end() {
      ended.abort();
      await loop;
    },
  };
}

async function problemOf(url: string, { httpGet }: Probe, timeoutSeconds: number): Promise<string | null> {
  try {
    await health(url, httpGet.path, timeoutSeconds * SECOND_MS);
    return null;
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

type Files = Readonly<Record<string, string>>;
/** Who runs the kubelet owns what it writes. */
const ROOT = 0;
const FILE_MODE = 0o644;
/** A disk with `fsGroup`: the group writes, and what is made in it is the group's. */
const DISK_MODE = 0o2775;
const EMPTY_MODE = 0o2777;

/**
 * Fills the volumes of a pod as a kubelet does: keys of ConfigMaps and Secrets as links into a folder that is swapped when
 * they change, disks for the group of the pod, and a folder for every mount inside of another. `held` is what the cluster
 * holds. Disks that are there already stay as they are. Answers the folders by the names of the volumes.
 */
export async function fillVolumes({ workload }: Manifests, held: Readonly<Record<string, Files>>, home: string): Promise<Files> {
  const { volumes, securityContext, containers } = workload.spec.template.spec;
  const group = securityContext.fsGroup;
  const folders: Record<string, string> = {};
  for (const { metadata } of workload.spec.volumeClaimTemplates) {
    folders[metadata.name] = join(home, metadata.name);
    await ownedFolder(join(home, metadata.name), group, DISK_MODE);
  }
  for (const volume of volumes) {
    const folder = join(home, volume.name);
    folders[volume.name] = folder;
    if (volume.emptyDir !== undefined) await ownedFolder(folder, group, EMPTY_MODE);
    else await writeKeys(folder, keysOf(volume, held), volume.secret?.defaultMode ?? FILE_MODE, group);
  }
  const { volumeMounts } = containers[0];
  for (const { name, mountPath } of volumeMounts)
    for (const inside of volumeMounts.filter((mount) => mount.mountPath.startsWith(`${mountPath}/`)))
      await mkdir(join(folders[name] ?? '', inside.mountPath.slice(mountPath.length)), { recursive: true });
  return folders;
}

function keysOf({ name, configMap, secret }: Volume, held: Readonly<Record<string, Files>>): Files {
  const what = configMap === undefined ? `Secret ${secret?.secretName}` : `ConfigMap ${configMap.name}`;
  const keys = held[what];
  if (keys === undefined) throw new Error(`volume ${name} is of ${what}, which nobody is told to make`);
  return keys;
}

async function ownedFolder(folder: string, group: number, mode: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chown(folder, ROOT, group);
  await chmod(folder, mode);
}

async function writeKeys(folder: string, keys: Files, mode: number, group: number): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const version = '..2026_01_05_09_00_00.000000001';
  await mkdir(join(folder, version), { recursive: true });
  await symlink(version, join(folder, '..data'));
  for (const [key, text] of Object.entries(keys)) {
    const file = join(folder, version, key);
    await writeFile(file, text);
    await chown(file, ROOT, group);
    await chmod(file, mode);
    await symlink(join('..data', key), join(folder, key));
  }
}
