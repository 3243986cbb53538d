import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Forge } from '../engine/ports.ts';
import type { PostmortemFile } from '../readings/postmortem-file.ts';
import { type GithubAsk, type GithubSettings, githubClient } from './github-client.ts';
import { assertPlace, deadFault, incidentTrailer, outcomeOf, type Published, published } from './published.ts';

/** A pull request's body ends there (observed; GitHub answers 422 beyond). */
const BODY_CHARS_MAX = 65_536;

const Reference = z.object({ object: z.object({ sha: z.string().min(1) }) });
const Content = z.object({ sha: z.string().min(1) });
const Written = z.object({ commit: z.object({ sha: z.string().min(1) }) });
const Pull = z.object({
  html_url: z.url(),
  state: z.string(),
  merged_at: z.string().nullable(),
  merge_commit_sha: z.string().nullable(),
  head: z.object({ sha: z.string() }),
});
type Pull = z.infer<typeof Pull>;

/**
 * Publishes as a pull request: branch, then file, then request. Each step reads before it writes and takes "already exists" for done after
 * reading back, so it may die anywhere and be asked again; the same text again changes nothing, and there is never a second open request.
 */
export function githubForge(settings: GithubSettings): Forge {
  return {
    name: 'github',
    publish: (file, attempt) =>
      outcomeOf(async () => {
        assertPlace(file);
        return published('github', file, await publish(githubClient(settings, attempt.signal), settings, file));
      }),
  };
}

async function publish(ask: GithubAsk, settings: GithubSettings, file: PostmortemFile): Promise<Published> {
  const pulls = await pullsOf(ask, settings, file);
  const open = pulls.find(({ state }) => state === 'open');
  const merged = pulls.find(({ merged_at }) => merged_at !== null);
  if (open === undefined && merged !== undefined && (await blobAt(ask, file, settings.baseBranch)) === blobId(file.markdown)) {
    return { url: merged.html_url, commit: merged.merge_commit_sha ?? merged.head.sha };
  }
  const tip = await ensureBranch(ask, settings, file, open === undefined ? (merged ?? null) : null);
  const commit = await ensureFile(ask, file, tip);
  const pull = open ?? (await openPull(ask, settings, file));
  return { url: pull.html_url, commit };
}

/** Newest first, open or not. */
async function pullsOf(ask: GithubAsk, { owner, baseBranch }: GithubSettings, { branch }: PostmortemFile): Promise<readonly Pull[]> {
  const { data } = await ask({
    route: 'GET /repos/{owner}/{repo}/pulls',
    parameters: { head: `${owner}:${branch}`, base: baseBranch, state: 'all', sort: 'created', direction: 'desc', per_page: 100 },
    answer: z.array(Pull),
  });
  return data ?? [];
}

async function branchTip(ask: GithubAsk, branch: string): Promise<string | null> {
  const { data } = await ask({
    route: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
    parameters: { ref: `heads/${branch}` },
    answer: Reference,
    expected: [404],
  });
  return data?.object.sha ?? null;
}

/**
 * The branch's last commit; makes the branch where the base is. One that was merged and has nothing new begins at the base again, or its
 * old commits would come back as differences.
 */
async function ensureBranch(
  ask: GithubAsk,
  { baseBranch }: GithubSettings,
  { branch }: PostmortemFile,
  merged: Pull | null,
): Promise<string> {
  const tip = await branchTip(ask, branch);
  if (tip !== null && tip !== merged?.head.sha) return tip;
  const base = await branchTip(ask, baseBranch);
  if (base === null) {
    throw deadFault('client', `there is no branch ${baseBranch} to begin at, or the token may not see the repository; check both settings`);
  }
  if (tip !== null) {
    const parameters = { ref: `heads/${branch}`, sha: base, force: true };
    await ask({ route: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}', parameters, answer: Reference });
    return base;
  }
  const { status, message } = await ask({
    route: 'POST /repos/{owner}/{repo}/git/refs',
    parameters: { ref: `refs/heads/${branch}`, sha: base },
    answer: Reference,
    expected: [422],
  });
  if (status !== 422) return base;
  const made = await branchTip(ask, branch);
  if (made === null) throw deadFault('client', `GitHub refused the branch ${branch}: ${message}`);
  return made;
}

/** Git's name for these bytes as a file (git-scm.com, Git Objects): says whether two texts are the same without reading them. */
function blobId(markdown: string): string {
  const bytes = Buffer.from(markdown, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

async function blobAt(ask: GithubAsk, { path }: PostmortemFile, branch: string): Promise<string | null> {
  const { data } = await ask({
    route: 'GET /repos/{owner}/{repo}/contents/{path}',
    parameters: { path, ref: branch },
    answer: Content,
    expected: [404],
  });
  return data?.sha ?? null;
}

/** The commit that holds the text; `tip` when the branch holds it already. */
async function ensureFile(ask: GithubAsk, file: PostmortemFile, tip: string): Promise<string> {
  const before = await blobAt(ask, file, file.branch);
  if (before === blobId(file.markdown)) return tip;
  const { data } = await ask({
    route: 'PUT /repos/{owner}/{repo}/contents/{path}',
    parameters: {
      path: file.path,
      branch: file.branch,
      message: `${file.title}\n\n${incidentTrailer(file)}`,
      content: Buffer.from(file.markdown, 'utf8').toString('base64'),
      ...(before === null ? {} : { sha: before }),
    },
    answer: Written,
  });
  return data?.commit.sha ?? tip;
}

async function openPull(ask: GithubAsk, settings: GithubSettings, file: PostmortemFile): Promise<Pull> {
  const { data, message } = await ask({
    route: 'POST /repos/{owner}/{repo}/pulls',
    parameters: { title: file.title, head: file.branch, base: settings.baseBranch, body: pullBody(file) },
    answer: Pull,
    expected: [422],
  });
  const made = data ?? (await pullsOf(ask, settings, file)).find(({ state }) => state === 'open');
  if (made === undefined) throw deadFault('client', `GitHub refused the pull request: ${message}`);
  return made;
}

function pullBody(file: PostmortemFile): string {
  const ending = `\n\nWritten from the ledger; the file says how to verify it. Edit it here: publishing again changes only the file.\n\n${incidentTrailer(file)}`;
  return file.summary.slice(0, BODY_CHARS_MAX - ending.length) + ending;
}
