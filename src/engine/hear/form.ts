import type { Arg, Command } from '../../command.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { spellDuration } from '../../kit/duration.ts';
import { isoTime } from '../../kit/wall-time.ts';
import type { Form, FormField } from '../ports.ts';

/** A select with more choices than this is no help on a phone; Slack and Discord end at 25 and 100. */
const CHOICES_MAX = 25;

/** The form of a command, filled in as far as its words went. */
export function formOf(command: Command, values: Readonly<Record<string, unknown>>, catalog: Catalog): Form {
  const fields = Object.entries(command.args).map(([name, arg]) => fieldOf(name, arg, values[name], catalog));
  return { command: command.name, title: command.summary, fields };
}

function fieldOf(name: string, arg: Arg, value: unknown, catalog: Catalog): FormField {
  const choices = choicesOf(arg, catalog).slice(0, CHOICES_MAX);
  return {
    name,
    label: labelOf(name),
    help: arg.label,
    required: arg.required,
    widget: widgetOf(arg, choices.length),
    choices,
    value: spell(arg, value),
    charsMax: arg.charsMax,
  };
}

/** A value as it could have been typed: a form that is sent back unchanged means the same. */
function spell({ widget }: Arg, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (widget === 'person') return `@${value}`;
  if (widget === 'duration') return spellDuration(Number(value));
  if (widget === 'moment') return isoTime(Number(value));
  if (widget === 'yes-no') return value === true ? 'yes' : 'no';
  return String(value);
}

function labelOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function widgetOf(arg: Arg, choices: number): FormField['widget'] {
  if (arg.widget === 'text') return 'paragraph';
  if (arg.widget === 'person') return 'person';
  if (arg.widget === 'duration') return 'duration';
  if (arg.widget === 'yes-no') return 'yes-no';
  return choices > 0 ? 'choice' : 'text';
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What can be chosen; also the source of completion and of Discord's autocomplete. */
export function choicesOf(arg: Arg, catalog: Catalog): FormField['choices'] {
  const named = (record: Readonly<Record<string, Named>>): FormField['choices'] =>
    Object.values(record).map(({ id, name }) => ({ value: id, label: name }));
  switch (arg.widget) {
    case 'severity':
      return catalog.severities.map(({ id, label, description }) => ({ value: id, label: `${label}: ${description}` }));
    case 'person':
      return named(catalog.people).map(({ value, label }) => ({ value: `@${value}`, label }));
    case 'role':
      return named(catalog.roles);
    case 'switch':
      return named(catalog.switches);
    case 'service':
      return named(catalog.services);
    case 'policy':
      return named(catalog.policies);
    case 'schedule':
      return named(catalog.schedules);
    case 'runbook':
      return Object.values(catalog.runbooks).map(({ id, title }) => ({ value: id, label: title }));
    case 'choice':
      return arg.choices.map((choice) => ({ value: choice, label: choice }));
    default:
      return [];
  }
}
