import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openForge } from '../../src/forge/index.ts';
import { localGitForge } from '../../src/forge/local-git.ts';
import { attempt, BASE, type ForgeWorld, factOf, forgeContract, postmortem } from './forge-contract.ts';

const author = { name: 'Allclear', email: 'allclear@example.org' };
const PERSON = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org'];

/** Git as a person uses it, in a work tree. */
function git(directory: string, args: readonly string[], options: Partial<ExecFileSyncOptionsWithStringEncoding> = {}): string {
  const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-C', directory, ...PERSON, ...args], { encoding: 'utf8', env, stdio: ['pipe', 'pipe', 'pipe'], ...options });
}
function shows(directory: string, what: string): string | null {
  try {
    return git(directory, ['show', what]);
  } catch {
    return null;
  }
}

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'forge-'));
  directory = join(root, 'data', 'postmortems');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function forge() {
  return localGitForge({ directory, baseBranch: BASE, author });
}
function commits(branch: string): number {
  return Number(git(directory, ['rev-list', '--count', `${BASE}..${branch}`]));
}

/** Plays the people of a repository in a clone of their own. */
async function openWorld(): Promise<ForgeWorld> {
  const clone = join(root, 'clone');
  const inClone = (branch: string, work: () => void): void => {
    if (!existsSync(clone)) git(root, ['clone', '--quiet', directory, clone]);
    git(clone, ['fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*']);
    git(clone, ['checkout', '--quiet', '-B', branch, `origin/${branch}`]);
    work();
    git(clone, ['push', '--quiet', 'origin', `${branch}:${branch}`]);
  };
  return {
    forge: await openForge({ forge: 'local-git', settings: { directory, baseBranch: BASE, author } }),
    text: async (branch, path) => (existsSync(directory) ? shows(directory, `${branch}:${path}`) : null),
    commits: async (branch) => commits(branch),
    message: async (branch) => git(directory, ['log', '-1', '--format=%B', branch]).replace(/\n$/, ''),
    // Without requests, a branch with something of its own is the proposal.
    proposals: async (branch) => (commits(branch) > 0 ? 1 : 0),
    async commitByHand(branch, path, text) {
      inClone(branch, () => {
        mkdirSync(join(clone, path, '..'), { recursive: true });
        writeFileSync(join(clone, path), text);
        git(clone, ['add', path]);
        git(clone, ['commit', '--quiet', '-m', 'by hand']);
      });
    },
    async merge(branch) {
      git(directory, ['config', 'receive.denyCurrentBranch', 'ignore']);
      inClone(BASE, () => git(clone, ['merge', '--quiet', '--no-ff', '-m', 'merge', `origin/${branch}`]));
    },
    close: async () => undefined,
  };
}
forgeContract('local git', openWorld);

describe('a local repository', () => {
  it('is made when missing, with an empty first commit and a clean work tree', async () => {
    const fact = factOf(await forge().publish(postmortem, attempt()));
    expect(fact).toMatchObject({ url: null, forge: 'local-git', commit: git(directory, ['rev-parse', postmortem.branch]).trim() });
    expect(git(directory, ['status', '--porcelain', '--branch'])).toBe(`## ${BASE}\n`);
    expect(readdirSync(directory)).toEqual(['.git']);
    expect(git(directory, ['ls-tree', '-r', BASE])).toBe('');
    expect(git(directory, ['fsck', '--strict'])).toBe('');
  });

  it('gets author and committer from the settings and nothing from the machine', async () => {
    vi.stubEnv('GIT_DIR', join(root, 'elsewhere'));
    vi.stubEnv('GIT_INDEX_FILE', join(root, 'index'));
    vi.stubEnv('GIT_AUTHOR_NAME', 'Mallory');
    vi.stubEnv('HOME', root);
    writeFileSync(join(root, '.gitconfig'), '[user]\n\tname = Home\n[i18n]\n\tcommitEncoding = ISO-8859-1\n');
    try {
      factOf(await forge().publish(postmortem, attempt()));
    } finally {
      vi.unstubAllEnvs();
    }
    const people = git(directory, ['log', '--format=%an <%ae> %cn <%ce>', postmortem.branch]);
    expect(new Set(people.trim().split('\n'))).toEqual(new Set(['Allclear <allclear@example.org> Allclear <allclear@example.org>']));
    expect(git(directory, ['cat-file', 'commit', postmortem.branch])).not.toContain('encoding');
    expect(readdirSync(root).sort()).toEqual(['.gitconfig', 'data']);
  });

  it('is used as it is: bare, on another branch, or in the middle of work', async () => {
    directory = join(root, 'bare.git');
    git(root, ['init', '--quiet', '--bare', '--initial-branch=trunk', directory]);
    factOf(await forge().publish(postmortem, attempt()));
    expect(shows(directory, `${postmortem.branch}:${postmortem.path}`)).toBe(postmortem.markdown);

    directory = join(root, 'trunk');
    git(root, ['init', '--quiet', '--initial-branch=trunk', directory]);
    writeFileSync(join(directory, 'README'), 'ours\n');
    git(directory, ['add', 'README']);
    git(directory, ['commit', '--quiet', '-m', 'ours']);
    writeFileSync(join(directory, 'README'), 'edited\n');
    writeFileSync(join(directory, 'staged'), 'x\n');
    git(directory, ['add', 'staged']);
    const before = git(directory, ['status', '--porcelain', '--branch']);
    factOf(await forge().publish(postmortem, attempt()));
    expect(git(directory, ['status', '--porcelain', '--branch'])).toBe(before);
    expect(shows(directory, `${postmortem.branch}:README`)).toBe('ours\n');
  });

  it('inside another repository is one of its own', async () => {
    git(root, ['init', '--quiet', '--initial-branch=main', root]);
    factOf(await forge().publish(postmortem, attempt()));
    expect(existsSync(join(directory, '.git'))).toBe(true);
    expect(git(root, ['for-each-ref'])).toBe('');
  });

  it('keeps its branch where somebody has it checked out', async () => {
    factOf(await forge().publish(postmortem, attempt()));
    git(directory, ['checkout', '--quiet', postmortem.branch]);
    const outcome = await forge().publish({ ...postmortem, markdown: '# Two\n' }, attempt());
    expect(outcome).toMatchObject({ outcome: 'dead', reason: 'client', detail: expect.stringContaining('is checked out') });
    expect(git(directory, ['status', '--porcelain'])).toBe('');
    git(directory, ['checkout', '--quiet', BASE]);
    factOf(await forge().publish({ ...postmortem, markdown: '# Two\n' }, attempt()));
  });

  it('runs no hooks', async () => {
    factOf(await forge().publish(postmortem, attempt()));
    const hooks = join(directory, '.git', 'hooks');
    mkdirSync(hooks, { recursive: true });
    writeFileSync(join(hooks, 'reference-transaction'), `#!/bin/sh\ntouch ${join(root, 'ran')}\nexit 1\n`);
    chmodSync(join(hooks, 'reference-transaction'), 0o755);
    factOf(await forge().publish({ ...postmortem, markdown: '# Two\n' }, attempt()));
    expect(existsSync(join(root, 'ran'))).toBe(false);
  });

  it('takes many publications at once without losing one', async () => {
    const files = [1, 2, 3, 4, 5, 6].map((incident) => ({
      ...postmortem,
      incident,
      branch: `postmortem/inc-${incident}`,
      path: `postmortems/2026/inc-${incident}.md`,
    }));
    const outcomes = await Promise.all(files.map((file) => forge().publish(file, attempt())));
    // Who lost the race for the first commit may have been told to come back.
    for (const [index, outcome] of outcomes.entries()) {
      const file = files[index];
      if (file !== undefined && outcome.outcome !== 'done') factOf(await forge().publish(file, attempt()));
    }
    for (const file of files) expect(shows(directory, `${file.branch}:${file.path}`)).toBe(file.markdown);
  });

  it('that cannot be written is worth another try, and says why', async () => {
    mkdirSync(join(root, 'data'), { recursive: true });
    writeFileSync(directory, 'a file, not a folder');
    const outcome = await forge().publish(postmortem, attempt());
    expect(outcome).toMatchObject({ outcome: 'retry', reason: 'unknown', detail: expect.stringContaining('no repository could be made') });
  });

  it('without git on the machine will never work, and says so', async () => {
    vi.stubEnv('PATH', join(root, 'nothing-here'));
    try {
      const outcome = await forge().publish(postmortem, attempt());
      expect(outcome).toEqual({ outcome: 'dead', reason: 'client', detail: 'git is not installed, or not on the PATH' });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
