import { didYouMean } from '../kit/nearest-name.ts';
import type { Complaint, Path } from './problem.ts';

/** A thing of the file with its name and its place. */
export interface Named<T> {
  readonly id: string;
  readonly path: Path;
  readonly entry: T;
}

/** Names things may be referred to by. Null when they cannot be known, because that part of the file is unreadable. */
export type NamesOf = ReadonlySet<string> | null;
export interface Names {
  readonly people: NamesOf;
  readonly teams: NamesOf;
  readonly services: NamesOf;
  readonly schedules: NamesOf;
  readonly policies: NamesOf;
  readonly switches: NamesOf;
  readonly severities: NamesOf;
  readonly runbooks: NamesOf;
  /** What is built in: ways to wake a person, chat worlds and kinds of alerts. */
  readonly pagers: NamesOf;
  readonly platforms: NamesOf;
  /** Chat worlds there are, also those nobody set up here: a file may be shared with a place where they are. */
  readonly knownPlatforms: NamesOf;
  readonly sources: NamesOf;
}

const ONE_OF_THEM: Readonly<Record<keyof Names, string>> = {
  people: 'person',
  teams: 'team',
  services: 'service',
  schedules: 'schedule',
  policies: 'policy',
  switches: 'switch',
  severities: 'severity',
  runbooks: 'runbook',
  pagers: 'pager',
  platforms: 'chat platform',
  knownPlatforms: 'chat platform',
  sources: 'alert source',
};
/** So many names are listed when none is near. */
const LISTED_MAX = 8;

/** Complains when `name` is nothing of that kind; with the nearest name, or all when they are few. */
export function unknownName(names: Names, kind: keyof Names, name: string | null, path: Path): readonly Complaint[] {
  const known = names[kind];
  if (name === null || known === null || known.has(name)) return [];
  return [{ path, sentence: `There is no ${ONE_OF_THEM[kind]} \`${name}\`.${didYouMean(name, known) || listed(known)}` }];
}

/** The same for a list of names, and complains of repeats. */
export function unknownNames(names: Names, kind: keyof Names, list: readonly string[], path: Path): readonly Complaint[] {
  return [...list.flatMap((name, index) => unknownName(names, kind, name, [...path, index])), ...repeats(list, path)];
}

/** Complains of every entry that is already in the list. */
export function repeats(list: readonly string[], path: Path): readonly Complaint[] {
  return list.flatMap((name, index) =>
    list.indexOf(name) === index ? [] : [{ path: [...path, index], sentence: `\`${name}\` is already in this list.` }],
  );
}

/** Where a person or a team may be named. */
export function unknownPersonOrTeam(names: Names, name: string | null, path: Path): readonly Complaint[] {
  if (name === null || names.people === null || names.teams === null) return [];
  if (names.people.has(name) || names.teams.has(name)) return [];
  return [{ path, sentence: `There is no person or team \`${name}\`.${didYouMean(name, [...names.people, ...names.teams])}` }];
}

function listed(known: ReadonlySet<string>): string {
  if (known.size === 0) return ' None is defined.';
  return known.size > LISTED_MAX ? '' : ` Known are: ${[...known].join(', ')}.`;
}

/** Turns named things into a record without prototype, so that somebody typing `constructor` finds nothing. */
export function record<T, U>(entries: Readonly<Record<string, T>>, make: (id: string, entry: T) => U): Readonly<Record<string, U>> {
  const made: Record<string, U> = Object.create(null);
  for (const [id, entry] of Object.entries(entries)) made[id] = make(id, entry);
  return made;
}
