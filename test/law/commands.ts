import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from '../../src/command.ts';
import { ROOT, sourcesBelow } from './repository.ts';

/** A file of `commands/` with the command it gives. */
export interface CommandFile {
  readonly path: string;
  /** The file's name without its ending. */
  readonly file: string;
  readonly command: Command;
}

/** In the order in which an incident needs them. */
const GROUPS: readonly Command['group'][] = ['declare', 'page', 'lead', 'record', 'recover', 'finish', 'look'];

/** Every command on disk, as the loader would find it. */
export async function commandFiles(): Promise<readonly CommandFile[]> {
  const files: CommandFile[] = [];
  for (const path of sourcesBelow('commands')) {
    const loaded: { readonly default: Command } = await import(pathToFileURL(join(ROOT, path)).href);
    files.push({ path, file: basename(path, '.ts'), command: loaded.default });
  }
  return files;
}

/** The README's table of commands, in Markdown. */
export function commandTable(commands: readonly Command[]): string {
  const ordered = commands.toSorted((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) || (a.name < b.name ? -1 : 1));
  const rows = ordered.map((command) => {
    const names = [command.name, ...(command.aliases ?? [])].map((name) => `\`${name}\``).join(', ');
    return `| ${names} | ${cell(command.summary)} | \`/inc ${cell(command.example)}\` |`;
  });
  return ['| command | what it does | for example |', '| --- | --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
