import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must, run } from './program.ts';

interface Need {
  /** Debian's package. */
  readonly package: string;
  /** Files, any of which shows that it is there. */
  readonly files: readonly string[];
  readonly purpose: string;
}

const NEEDS: readonly Need[] = [
  { package: 'podman', files: ['/usr/bin/podman'], purpose: 'running containers at all' },
  { package: 'runc', files: ['/usr/sbin/runc', '/usr/bin/runc'], purpose: 'running them where cgroups are of both versions' },
  { package: 'netavark', files: ['/usr/lib/podman/netavark', '/usr/libexec/podman/netavark'], purpose: 'networks of containers' },
  {
    package: 'aardvark-dns',
    files: ['/usr/lib/podman/aardvark-dns', '/usr/libexec/podman/aardvark-dns'],
    purpose: 'names in these networks',
  },
  { package: 'catatonit', files: ['/usr/bin/catatonit', '/usr/libexec/podman/catatonit'], purpose: 'pods' },
  { package: 'iptables', files: ['/usr/sbin/iptables'], purpose: 'ports of containers on this machine' },
  { package: 'debootstrap', files: ['/usr/sbin/debootstrap'], purpose: 'stand-ins for images where no registry answers' },
];
/** Packages are some hundred megabytes at most. */
const INSTALL_MS_MAX = 300_000;
const APT = ['-qq', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', '-o', 'DPkg::Lock::Timeout=300'];
/** The first release that understands all of compose.yaml: `required: false` of an env_file. */
const COMPOSE_LEAST = [2, 24] as const;
/** Whose package of Docker Compose is new enough; the stable release before has version 1. */
export const NEWER_DEBIAN = 'trixie';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

const missing = (): readonly Need[] => NEEDS.filter(({ files }) => !files.some(existsSync));

/** Installs what is missing where it may; answers a line for everything that is missing still. */
export async function bringPrograms(): Promise<readonly string[]> {
  const packages = missing().map((need) => need.package);
  if (packages.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing from Debian: ${packages.join(' ')}`);
    const variables = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', [...APT, 'update'], { timeoutMs: INSTALL_MS_MAX });
    const installed = await run('apt-get', [...APT, 'install', '-y', '--no-install-recommends', ...packages], {
      timeoutMs: INSTALL_MS_MAX,
      variables,
    });
    if (installed.code !== 0) console.error(`apt-get could not install them: ${installed.stderr.trim().split('\n').at(-1)}`);
  }
  return missing().map((need) => `${need.purpose} needs Debian's package ${need.package}`);
}

/** Docker Compose itself, so that compose.yaml is read by the program it is written for: this machine's, or a newer Debian's. */
export interface Compose {
  readonly program: string;
  readonly words: readonly string[];
  readonly version: string;
}

export async function findCompose(directory: string): Promise<Compose> {
  for (const [program, ...words] of [['docker-compose'], ['docker', 'compose']] as const) {
    const found = await composeAt(program, words);
    if (found !== null) return found;
  }
  const unpacked = join(directory, 'compose');
  const program = join(unpacked, 'usr/libexec/docker/cli-plugins/docker-compose');
  if (!existsSync(program)) await unpackCompose(unpacked);
  const found = await composeAt(program, []);
  if (found === null) throw new Error(`Debian ${NEWER_DEBIAN} has no Docker Compose of version ${COMPOSE_LEAST.join('.')} or newer`);
  return { ...found, version: `${found.version}, Debian ${NEWER_DEBIAN}'s, unpacked and not installed` };
}

async function composeAt(program: string, words: readonly string[]): Promise<Compose | null> {
  const { code, stdout } = await run(program, [...words, 'version', '--short']);
  const version = stdout.trim().replace(/^v/, '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > COMPOSE_LEAST[0] || (major === COMPOSE_LEAST[0] && minor >= COMPOSE_LEAST[1]);
  return code === 0 && isEnough ? { program, words, version } : null;
}

/** With lists and a cache of its own: what apt knows of this machine stays as it is. */
async function unpackCompose(directory: string): Promise<void> {
  const apt = join(directory, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apt, folder), { recursive: true });
  const sources = join(apt, 'sources.list');
  await writeFile(sources, `deb [signed-by=${KEYRING}] ${await debianMirror()} ${NEWER_DEBIAN} main\n`);
  const places = { 'Dir::Etc::sourcelist': sources, 'Dir::Etc::sourceparts': '/dev/null', 'Dir::State::lists': join(apt, 'lists') };
  const options = Object.entries({ ...places, 'Dir::Cache': join(apt, 'cache') }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await must('apt-get', [...APT, ...options, 'update'], { timeoutMs: INSTALL_MS_MAX });
  await must('apt-get', [...APT, ...options, 'download', 'docker-compose'], { timeoutMs: INSTALL_MS_MAX, directory });
  const archive = (await readdir(directory)).find((name) => name.endsWith('.deb'));
  await must('dpkg-deb', ['-x', join(directory, archive ?? ''), directory]);
}

/** Where this machine gets Debian from. */
export async function debianMirror(): Promise<string> {
  const sites = await must('apt-get', ['indextargets', '--format', '$(REPO_URI) $(ORIGIN) $(LABEL)', 'Created-By: Packages']);
  const line = sites.split('\n').find((site) => / Debian Debian$/.test(site));
  if (line === undefined) throw new Error('apt knows no mirror of Debian on this machine: run apt-get update');
  return line.split(' ')[0] ?? '';
}
