import { createEmulator, type Emulator } from 'emulate';
import { openForge } from '../../src/forge/index.ts';
import { BASE, type ForgeWorld } from './forge-contract.ts';
import { type Gate, openGate } from './forge-github-gate.ts';

export const OWNER = 'octocat';
export const REPOSITORY = 'postmortems';
export const TOKEN = 'test-token';
const REPOSITORY_PATH = `/repos/${OWNER}/${REPOSITORY}`;

export interface GithubWorld extends ForgeWorld {
  /** Between the forge and GitHub. */
  readonly gate: Gate;
  /** The newest request for the branch, whatever its state. */
  pull(branch: string): Promise<{ readonly number: number; readonly title: string; readonly body: string; readonly html_url: string }>;
}

/** An emulated GitHub on loopback with one repository, a gate before it, and the forge before that. */
export async function openGithubWorld(): Promise<GithubWorld> {
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { [TOKEN]: { login: OWNER, scopes: ['repo'] } },
      github: {
        users: [{ login: OWNER, name: 'Octo', email: 'octo@example.org' }],
        repos: [{ owner: OWNER, name: REPOSITORY, auto_init: true }],
      },
    },
  });
  const gate = await openGate(emulator.url);
  const settings = { token: TOKEN, owner: OWNER, repository: REPOSITORY, apiUrl: gate.url, baseBranch: BASE };
  const forge = await openForge({ forge: 'github', settings });
  return { forge, gate, ...people(emulator), close: () => Promise.all([gate.close(), emulator.close()]).then(() => undefined) };
}

interface Content {
  readonly content: string;
  readonly sha: string;
}
interface Listed {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly html_url: string;
}
interface Compared {
  readonly ahead_by: number;
  readonly commits: readonly { readonly commit: { readonly message: string } }[];
}

/** What people see and do on GitHub, past the gate. */
function people(emulator: Emulator): Omit<GithubWorld, 'forge' | 'gate' | 'close'> {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: `token ${TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(emulator.url + REPOSITORY_PATH + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const content = async (branch: string, path: string) => (await ask('GET', `/contents/${path}?ref=${branch}`)) as Content | null;
  const pulls = async (branch: string, state: string) => {
    return (await ask('GET', `/pulls?state=${state}&head=${OWNER}:${branch}`)) as readonly Listed[];
  };
  const compared = async (branch: string) => (await ask('GET', `/compare/${BASE}...${branch}`)) as Compared;
  return {
    async text(branch, path) {
      const found = await content(branch, path);
      return found === null ? null : Buffer.from(found.content, 'base64').toString('utf8');
    },
    commits: async (branch) => (await compared(branch)).ahead_by,
    message: async (branch) => (await compared(branch)).commits.at(-1)?.commit.message ?? '',
    proposals: async (branch) => (await pulls(branch, 'open')).length,
    async commitByHand(branch, path, text) {
      const before = await content(branch, path);
      const body = { branch, message: 'by hand', content: Buffer.from(text).toString('base64'), ...(before && { sha: before.sha }) };
      await ask('PUT', `/contents/${path}`, body);
    },
    async merge(branch) {
      const [open] = await pulls(branch, 'open');
      await ask('PUT', `/pulls/${open?.number}/merge`, { merge_method: 'merge' });
    },
    async pull(branch) {
      const [newest] = await pulls(branch, 'all');
      if (newest === undefined) throw new Error(`there is no request for ${branch}`);
      return newest;
    },
  };
}
