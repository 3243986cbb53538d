import type { Command } from '../../command.ts';
import { nearestName } from '../../kit/nearest-name.ts';
import { tokenize } from './tokens.ts';

/** All commands, by name and alias. */
export interface CommandSet {
  readonly all: readonly Command[];
  find(word: string): Command | null;
  /** Nearest name or alias to a word that is none, or null. */
  nearest(word: string): string | null;
}

/** Throws when two commands want the same word: a mistake in `commands/`. */
export function createCommandSet(all: readonly Command[]): CommandSet {
  const words = new Map<string, Command>();
  for (const command of all) {
    for (const word of [command.name, ...(command.aliases ?? [])]) {
      if (words.has(word)) throw new Error(`two commands answer to "${word}"`);
      words.set(word, command);
    }
  }
  return {
    all,
    find: (word) => words.get(word.toLowerCase()) ?? null,
    nearest: (word) => nearestName(word.toLowerCase(), words.keys()),
  };
}

export type Heading =
  | { readonly kind: 'help'; readonly topic: string | null }
  | { readonly kind: 'command'; readonly command: Command; readonly rest: string }
  /** No command's name: what was typed, and the name it may have been meant as. */
  | { readonly kind: 'unknown'; readonly word: string; readonly nearest: string | null; readonly line: string };

/** What the first word of a command line asks for. */
export function headingOf(line: string, commands: CommandSet): Heading {
  const trimmed = line.trim().replace(/^\/(?:incident|inc)\b\s*/i, '');
  const [first, second] = tokenize(trimmed);
  if (first === undefined || /^(?:help|\?)$/i.test(first.text)) return { kind: 'help', topic: second?.text ?? null };
  const command = first.quoted ? null : commands.find(first.text);
  if (command !== null) return { kind: 'command', command, rest: trimmed.slice(first.end).trim() };
  return { kind: 'unknown', word: first.text, nearest: first.quoted ? null : commands.nearest(first.text), line: trimmed };
}
