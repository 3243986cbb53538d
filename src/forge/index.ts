import type { Forge } from '../engine/ports.ts';
import type { GithubSettings } from './github-client.ts';
import { type LocalGitSettings, localGitForge } from './local-git.ts';

/** Where postmortems are published: one of the kinds, with its settings. */
export type ForgeSettings =
  | { readonly forge: 'local-git'; readonly settings: LocalGitSettings }
  | { readonly forge: 'github'; readonly settings: GithubSettings };

/** Opens the configured forge. Octokit is loaded only when it is used. */
export async function openForge(chosen: ForgeSettings): Promise<Forge> {
  switch (chosen.forge) {
    case 'local-git':
      return localGitForge(chosen.settings);
    case 'github': {
      const { githubForge } = await import('./github.ts');
      return githubForge(chosen.settings);
    }
  }
}
