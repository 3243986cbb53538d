import type { Arg, Command, Widget } from '../../command.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { ArgOutline, CommandOutline } from '../ports.ts';
import { choicesOf } from './form.ts';

/** A command as its arguments describe it, with what can be chosen just now. */
export function outlineOf({ name, summary, args }: Command, catalog: Catalog): CommandOutline {
  return { name, summary, args: Object.entries(args).map(([field, arg]) => argOutline(field, arg, catalog)) };
}

function argOutline(name: string, arg: Arg, catalog: Catalog): ArgOutline {
  const kind = KINDS[arg.widget];
  // The incident of the room is meant when nobody names one.
  const required = arg.required && arg.widget !== 'incident';
  return { name, label: arg.label, required, kind, choices: kind === 'person' ? [] : choicesOf(arg, catalog), charsMax: arg.charsMax };
}

const KINDS: Readonly<Record<Widget, ArgOutline['kind']>> = {
  title: 'text',
  text: 'long-text',
  severity: 'known',
  person: 'person',
  role: 'known',
  switch: 'known',
  service: 'known',
  policy: 'known',
  schedule: 'known',
  runbook: 'known',
  incident: 'incident',
  'other-incident': 'incident',
  request: 'text',
  page: 'text',
  duration: 'text',
  moment: 'text',
  choice: 'choice',
  word: 'text',
  number: 'number',
  'yes-no': 'yes-no',
};
