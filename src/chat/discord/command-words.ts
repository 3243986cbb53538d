import { ApplicationCommandOptionType } from 'discord.js';
import type { CommandOutline, Heard } from '../../engine/ports.ts';
import type { Directory } from './directory.ts';
import type { CommandData, CommandOption } from './payloads.ts';
import { HELP, HOME, LINE } from './slash-commands.ts';

/** A native command as it was filled in: its name, and its options by name. */
export interface TypedCommand {
  readonly name: string;
  readonly options: readonly CommandOption[];
}

/** The subcommand of an interaction, wherever it stands. */
export function typedCommand({ options }: CommandData): TypedCommand | null {
  const [outer] = options;
  if (outer?.type === ApplicationCommandOptionType.Subcommand) return { name: outer.name, options: outer.options };
  const [inner] = outer?.type === ApplicationCommandOptionType.SubcommandGroup ? outer.options : [];
  return inner === undefined ? null : { name: inner.name, options: inner.options };
}

export type ReadCommand =
  | { readonly kind: 'said'; readonly said: Heard['said'] }
  /** A user was chosen whom the catalog does not know. */
  | { readonly kind: 'stranger'; readonly user: string }
  | { readonly kind: 'unknown' };

/** What somebody said with a native command: a form that is filled in, or a line as it would be typed. */
export function readCommand({ name, options }: TypedCommand, outlines: readonly CommandOutline[], directory: Directory): ReadCommand {
  const given = (option: string): string => String(options.find((one) => one.name === option)?.value ?? '');
  if (name === LINE.name) return words(given(LINE.option));
  if (name === HOME) return { kind: 'said', said: { kind: 'home' } };
  if (name === HELP.name) return words(`help ${given(HELP.option)}`.trim());
  const outline = outlines.find((one) => one.name === name);
  if (outline === undefined) return { kind: 'unknown' };
  const values: Record<string, string> = {};
  for (const one of options) {
    const value = textOf(one, directory);
    if (value === null) return { kind: 'stranger', user: String(one.value) };
    if (value !== '') values[one.name] = value;
  }
  return { kind: 'said', said: { kind: 'form', command: name, values } };
}

/** An option as it would be typed, or null for a user who is nobody we know. */
function textOf({ type, value }: CommandOption, directory: Directory): string | null {
  if (type === ApplicationCommandOptionType.User) {
    const person = directory.personOf(String(value));
    return person === null ? null : `@${person}`;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value ?? '');
}

function words(line: string): ReadCommand {
  return { kind: 'said', said: { kind: 'words', words: line } };
}
