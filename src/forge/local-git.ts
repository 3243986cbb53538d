import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Forge } from '../engine/ports.ts';
import type { PostmortemFile } from '../readings/postmortem-file.ts';
import { type Git, gitIn, gitMaybe, gitOutput } from './git.ts';
import { assertPlace, deadFault, incidentTrailer, outcomeOf, type Published, published, retryFault } from './published.ts';

export interface LocalGitSettings {
  /** Of a repository, bare or with a work tree; made when there is none. Never a folder inside somebody else's repository. */
  readonly directory: string;
  /** Postmortem branches begin here; made with an empty commit when the repository has no commit at all. */
  readonly baseBranch: string;
  /** Author and committer of every commit. */
  readonly author: { readonly name: string; readonly email: string };
}

/**
 * Publishes as a commit on the postmortem's own branch. Only objects and references are written: index and work tree of the repository are
 * never touched, so that people may work in it meanwhile. The same text again makes no second commit.
 */
export function localGitForge(settings: LocalGitSettings): Forge {
  return {
    name: 'local-git',
    publish: (file, attempt) =>
      outcomeOf(async () => {
        assertPlace(file);
        const git = await openRepository(settings, attempt.signal);
        return published('local-git', file, await publish(git, settings, file));
      }),
  };
}

async function openRepository({ directory, baseBranch }: LocalGitSettings, signal: AbortSignal): Promise<Git> {
  const inside = join(directory, '.git');
  if (await exists(inside)) return gitIn(await realGitDirectory(inside, signal), signal);
  if ((await exists(join(directory, 'HEAD'))) && (await exists(join(directory, 'objects')))) return gitIn(directory, signal);
  // No template: it would be the machine's, with whatever is in it.
  const args = ['init', '--quiet', '--template=', `--initial-branch=${baseBranch}`, '--', directory];
  const { code, complaint } = await gitIn(null, signal)(args);
  if (code !== 0) throw retryFault('unknown', `no repository could be made in ${directory}: ${complaint}`);
  return gitIn(inside, signal);
}

/** `.git` is a file in linked work trees and submodules; git says where it leads. */
async function realGitDirectory(inside: string, signal: AbortSignal): Promise<string> {
  return (await gitMaybe(gitIn(inside, signal), ['rev-parse', '--resolve-git-dir', inside])) ?? inside;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function publish(git: Git, settings: LocalGitSettings, file: PostmortemFile): Promise<Published> {
  const base = await baseCommit(git, settings);
  const reference = `refs/heads/${file.branch}`;
  const before = await commitOf(git, reference);
  const blob = await gitOutput(git, ['hash-object', '-w', '--stdin'], { input: file.markdown });
  const parent = before === null || (await isMerged(git, before, base)) ? base : before;
  if ((await gitMaybe(git, ['rev-parse', '--verify', '--quiet', `${parent}:${file.path}`])) === blob) {
    return { url: null, commit: await gitOutput(git, ['rev-list', '--max-count=1', parent, '--', file.path]) };
  }
  await refuseCheckedOut(git, file.branch);
  const commit = await commitFile(git, settings, file, { blob, parent });
  await moveBranch(git, reference, { from: before, to: commit });
  return { url: null, commit };
}

async function commitOf(git: Git, reference: string): Promise<string | null> {
  return gitMaybe(git, ['rev-parse', '--verify', '--quiet', `${reference}^{commit}`]);
}

/** A branch whose commits are all in the base has nothing of its own left: the next text begins at the base again. */
async function isMerged(git: Git, commit: string, base: string): Promise<boolean> {
  return (await git(['merge-base', '--is-ancestor', commit, base])).code === 0;
}

/** The commit postmortems begin at: the base branch, else what is checked out, else an empty first commit on the base branch. */
async function baseCommit(git: Git, settings: LocalGitSettings): Promise<string> {
  const reference = `refs/heads/${settings.baseBranch}`;
  const found = (await commitOf(git, reference)) ?? (await commitOf(git, 'HEAD'));
  if (found !== null) return found;
  const tree = await gitOutput(git, ['mktree'], { input: '' });
  const first = await gitOutput(git, ['commit-tree', tree, '-F', '-'], {
    input: 'Begin the collection of postmortems\n',
    environment: identity(settings),
  });
  const { code } = await git(['update-ref', '-m', 'allclear: begin', reference, first, '']);
  // Somebody else began it a moment ago: theirs counts.
  return code === 0 ? first : await gitOutput(git, ['rev-parse', '--verify', `${reference}^{commit}`]);
}

/** Moving a branch under a work tree would make its files look like an undoing of what was just published. */
async function refuseCheckedOut(git: Git, branch: string): Promise<void> {
  const place = await gitMaybe(git, ['for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`]);
  if (place === null) return;
  throw deadFault('client', `branch ${branch} is checked out in ${place}; check out another one there, then publish again`);
}

interface CommitPlace {
  readonly blob: string;
  readonly parent: string;
}

/** A commit that adds or replaces one file, made through an index of its own. */
async function commitFile(git: Git, settings: LocalGitSettings, file: PostmortemFile, { blob, parent }: CommitPlace): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'allclear-index-'));
  try {
    const call = { environment: { GIT_INDEX_FILE: join(scratch, 'index') } };
    await gitOutput(git, ['read-tree', parent], call);
    await gitOutput(git, ['update-index', '--add', '--cacheinfo', `100644,${blob},${file.path}`], call);
    const tree = await gitOutput(git, ['write-tree'], call);
    const input = `${file.title}\n\n${incidentTrailer(file)}\n`;
    return await gitOutput(git, ['commit-tree', tree, '-p', parent, '-F', '-'], { input, environment: identity(settings) });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function identity({ author }: LocalGitSettings): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
}

/** Compare and swap: fails when somebody moved the branch since it was read; the next attempt reads again. */
async function moveBranch(git: Git, reference: string, { from, to }: { from: string | null; to: string }): Promise<void> {
  const { code, complaint } = await git(['update-ref', '-m', 'allclear: postmortem', reference, to, from ?? '']);
  if (code !== 0) throw retryFault('unknown', `the branch could not be moved: ${complaint}`);
}
