import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandGroupOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js';
import type { ArgOutline, CommandOutline } from '../../engine/ports.ts';
import { shorten } from '../../kit/shorten.ts';
import { CHOICE_CHARS_MAX, CHOICES_MAX, DESCRIPTION_CHARS_MAX, OPTION_TEXT_CHARS_MAX, SUBCOMMANDS_MAX } from './limits.ts';

/** Both carry everything: one is quick to find, one is quick to type. */
export const COMMAND_NAMES = ['incident', 'inc'] as const;
/** Subcommands that are no command of the bot: a whole line as it would be typed in the console, and help. */
export const LINE = { name: 'line', option: 'words' } as const;
export const HELP = { name: 'help', option: 'about' } as const;
/** Their pages, roles and what is going on. */
export const HOME = 'home';
/** Where the commands stand that a list of 25 has no room for. */
export const MORE = 'more';
/** On a message, by their names in its menu. */
export const ON_MESSAGE = { declare: 'Declare incident from this', timeline: 'Add to timeline' } as const;
const DESCRIPTION = 'Declare an incident, or do something about one';

/** Nobody looks for these in a hurry, so they make room first. */
const SELDOM: ReadonlySet<string> = new Set(['report', 'merge', 'reopen', 'override', 'service', 'drill', 'cancel', 'oncall']);

/** Everything the bot registers on the server, from the commands' own arguments. */
export function slashCommands(outlines: readonly CommandOutline[]): readonly RESTPostAPIApplicationCommandsJSONBody[] {
  const options = subcommands(outlines);
  return [
    ...COMMAND_NAMES.map((name) => ({ type: ApplicationCommandType.ChatInput as const, name, description: DESCRIPTION, options })),
    ...Object.values(ON_MESSAGE).map((name) => ({ type: ApplicationCommandType.Message as const, name })),
  ];
}

type Subcommands = (APIApplicationCommandSubcommandOption | APIApplicationCommandSubcommandGroupOption)[];

function subcommands(outlines: readonly CommandOutline[]): Subcommands {
  const { first, more } = places(outlines);
  const home = {
    type: ApplicationCommandOptionType.Subcommand,
    name: HOME,
    description: 'My pages, my roles, open incidents, who is on call',
  } as const;
  const own = [
    home,
    textSubcommand(LINE, 'Type a whole line, as in the console', true),
    textSubcommand(HELP, 'Say what can be typed', false),
  ];
  const direct = [...first.map(subcommand), ...own];
  if (more.length === 0) return direct;
  const group = { type: ApplicationCommandOptionType.SubcommandGroup, name: MORE, description: 'Commands for quieter hours' } as const;
  return [...direct, { ...group, options: more.map(subcommand) }];
}

/** `home`, `line` and `help`. */
const OWN = 3;

/** Which commands stand at the top, and which under `more`. */
function places(outlines: readonly CommandOutline[]): {
  readonly first: readonly CommandOutline[];
  readonly more: readonly CommandOutline[];
} {
  if (outlines.length + OWN <= SUBCOMMANDS_MAX) return { first: outlines, more: [] };
  const room = SUBCOMMANDS_MAX - OWN - 1;
  const often = outlines.filter(({ name }) => !SELDOM.has(name));
  const seldom = outlines.filter(({ name }) => SELDOM.has(name));
  const first = new Set([...often, ...seldom].slice(0, room));
  return { first: outlines.filter((one) => first.has(one)), more: outlines.filter((one) => !first.has(one)).slice(0, SUBCOMMANDS_MAX) };
}

function described(words: string): string {
  return shorten(words, DESCRIPTION_CHARS_MAX);
}

type Text = typeof LINE | typeof HELP;

function textSubcommand({ name, option }: Text, description: string, required: boolean): APIApplicationCommandSubcommandOption {
  const words = {
    type: ApplicationCommandOptionType.String,
    name: option,
    description: described('For example: role ic @ana'),
    required,
  } as const;
  return { type: ApplicationCommandOptionType.Subcommand, name, description, options: [words] };
}

function subcommand({ name, summary, args }: CommandOutline): APIApplicationCommandSubcommandOption {
  const options = args.map(optionOf);
  // Discord wants what must be given before what may be.
  const ordered = [...options.filter(({ required }) => required === true), ...options.filter(({ required }) => required !== true)];
  return { type: ApplicationCommandOptionType.Subcommand, name, description: described(summary), options: ordered };
}

/** A long text may be left out: a form with room for several lines asks for it then. */
function optionOf(arg: ArgOutline): APIApplicationCommandBasicOption {
  const required = arg.required && arg.kind !== 'long-text';
  const base = { name: arg.name, description: described(arg.label), ...(required ? { required } : {}) };
  switch (arg.kind) {
    case 'person':
      return { type: ApplicationCommandOptionType.User, ...base };
    case 'yes-no':
      return { type: ApplicationCommandOptionType.Boolean, ...base };
    case 'number':
      return { type: ApplicationCommandOptionType.Integer, min_value: 0, ...base };
    case 'incident':
      return { type: ApplicationCommandOptionType.Integer, min_value: 1, autocomplete: true, ...base };
    case 'known':
      return { type: ApplicationCommandOptionType.String, autocomplete: true, ...base };
    case 'choice':
      return choiceOption(arg, base);
    case 'text':
    case 'long-text':
      return { type: ApplicationCommandOptionType.String, max_length: Math.min(arg.charsMax, OPTION_TEXT_CHARS_MAX), ...base };
  }
}

type Base = Pick<APIApplicationCommandBasicOption, 'name' | 'description' | 'required'>;

function choiceOption({ choices }: ArgOutline, base: Base): APIApplicationCommandBasicOption {
  if (choices.length > CHOICES_MAX) return { type: ApplicationCommandOptionType.String, autocomplete: true, ...base };
  return { type: ApplicationCommandOptionType.String, choices: choices.map(({ value, label }) => ({ name: label, value })), ...base };
}

/** What may be meant by the beginning of a word: in its value or its name, best at the beginning of one. */
export function completions(choices: ArgOutline['choices'], typed: string): readonly { readonly name: string; readonly value: string }[] {
  const wanted = typed.trim().toLowerCase();
  const rank = ({ value, label }: (typeof choices)[number]): number => {
    const [id, name] = [value.toLowerCase(), label.toLowerCase()];
    if (id.startsWith(wanted)) return 0;
    return name.startsWith(wanted) ? 1 : id.includes(wanted) || name.includes(wanted) ? 2 : 3;
  };
  return choices
    .filter((one) => rank(one) < 3 && one.value.length <= CHOICE_CHARS_MAX)
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, CHOICES_MAX)
    .map(({ value, label }) => ({ name: shorten(label, CHOICE_CHARS_MAX) || value, value }));
}
