import type { Arg, Widget } from '../../command.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { parseDuration } from '../../kit/duration.ts';
import { parseMoment } from '../../kit/moment.ts';

/** What words are read against. */
export interface Vocabulary {
  readonly catalog: Catalog;
  /** The asker: `me` means them. */
  readonly person: string;
  readonly now: number;
}
type Read = (text: string, vocabulary: Vocabulary, arg: Arg) => unknown;

/** The value a word has for an argument, or null when it is no such thing. */
export function recognise(arg: Arg, text: string, vocabulary: Vocabulary): unknown {
  return READ[arg.widget](text, vocabulary, arg);
}

const READ: Readonly<Record<Widget, Read>> = {
  title: (text) => text,
  text: (text) => text,
  word: (text) => text,
  severity: readSeverity,
  person: readPerson,
  role: (text, { catalog }) => Object.values(catalog.roles).find(({ id, name }) => same(id, text) || same(name, text))?.id ?? null,
  switch: (text, { catalog }) => known(text, catalog.switches),
  service: (text, { catalog }) => Object.values(catalog.services).find(({ id, name }) => same(id, text) || same(name, text))?.id ?? null,
  policy: (text, { catalog }) => known(text, catalog.policies),
  schedule: (text, { catalog }) => known(text, catalog.schedules),
  runbook: (text, { catalog }) => known(text, catalog.runbooks),
  incident: (text) => numberIn(text, /^(?:inc-|#)?(\d{1,9})$/i),
  'other-incident': (text) => numberIn(text, /^(?:inc-|#)?(\d{1,9})$/i),
  request: (text) => (/^r\d{1,6}$/.test(text) ? text : null),
  page: (text) => (/^\d{1,9}-\d{1,5}$/.test(text) ? text : null),
  duration: (text) => parseDuration(text.toLowerCase()),
  moment: (text, { catalog, person, now }) => parseMoment(text, now, catalog.people[person]?.timeZone ?? catalog.timeZone),
  choice: (text, _vocabulary, { choices }) => choices.find((choice) => same(choice, text)) ?? null,
  number: (text) => numberIn(text, /^#?(\d{1,12})$/),
  'yes-no': (text) => readYesNo(text),
};

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function known(text: string, record: Readonly<Record<string, unknown>>): string | null {
  const id = text.toLowerCase();
  return Object.hasOwn(record, id) ? id : null;
}

function numberIn(text: string, form: RegExp): number | null {
  const digits = form.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** `sev1`, its label, its bare rank, or the `p1` and `s1` people bring from elsewhere. */
function readSeverity(text: string, { catalog }: Vocabulary): string | null {
  const alias = /^[ps]?(\d)$/i.exec(text)?.[1];
  const found = catalog.severities.find(
    ({ id, label, rank }) => same(id, text) || same(label, text) || (alias !== undefined && rank === Number(alias)),
  );
  return found?.id ?? null;
}

/** `@ana`, `<@ana>` as it is copied from a message, and what ends a sentence after it. */
const AT_NAME = /^<?@(.*?)>?[.,;:!?]*$/;

/** `@ana`, or `me`. A name without `@` is only a word. */
function readPerson(text: string, { catalog, person }: Vocabulary): string | null {
  if (same(text, 'me') || same(text, '@me')) return person;
  const [, wanted] = AT_NAME.exec(text) ?? [];
  if (wanted === undefined) return null;
  const found = Object.values(catalog.people).find(({ id, name }) => same(id, wanted) || same(name.replaceAll(' ', '.'), wanted));
  return found?.id ?? null;
}

function readYesNo(text: string): boolean | null {
  if (/^(?:yes|y|true|on)$/i.test(text)) return true;
  return /^(?:no|n|false|off)$/i.test(text) ? false : null;
}
