import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ConfigurationPlace } from '../../src/config/load.ts';

/** The smallest runbook by this id; other sections of the file may follow. */
export function runbookText(id: string, step = '## Look\n\nLook at the graphs.\n'): string {
  return `---\nid: ${id}\ntitle: Recover\nclock: 15m\n---\n\n${step}`;
}

/** A directory of the test's own with these files, as a place to load the configuration from. */
export async function placeWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<ConfigurationPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'allclear-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return {
    file: join(directory, 'allclear.yaml'),
    builtIn: { pagers: ['chat', 'email', 'webhook'], platforms: ['console', 'slack'], sources: ['alertmanager'] },
  };
}
