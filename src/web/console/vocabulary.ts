import type { Catalog } from '../../domain/catalog.ts';
import type { CommandSummary } from './options.ts';

interface Word {
  readonly word: string;
  readonly says: string;
}
export interface Vocabulary {
  readonly commands: readonly (Word & {
    readonly name: string;
    readonly example: string;
    readonly takes: readonly string[];
    readonly words: readonly Word[];
  })[];
  /** Kind of argument → the words that may stand for it. */
  readonly kinds: Readonly<Record<string, readonly Word[]>>;
}

/** Everything completion can offer; plain data for the browser. */
export function vocabulary(commands: readonly CommandSummary[], catalog: Catalog): Vocabulary {
  return { commands: commands.flatMap(commandWords), kinds: kindWords(catalog) };
}

function commandWords({ name, aliases, summary, example, args }: CommandSummary): Vocabulary['commands'] {
  const own = Object.values(args);
  const words = own.flatMap(({ keyword, choices }) => [
    ...choices.map((word) => ({ word, says: '' })),
    ...(keyword === null ? [] : [{ word: keyword, says: '…' }]),
  ]);
  const takes = [...new Set(own.map(({ widget }) => widget))];
  return [name, ...(aliases ?? [])].map((word) => ({ word, name, says: summary, example, takes, words }));
}

function kindWords(catalog: Catalog): Vocabulary['kinds'] {
  const named = (all: Readonly<Record<string, { readonly id: string; readonly name: string }>>): readonly Word[] =>
    Object.values(all).map(({ id, name }) => ({ word: id, says: name }));
  return {
    person: [{ word: '@me', says: 'you' }, ...named(catalog.people).map(({ word, says }) => ({ word: `@${word}`, says }))],
    severity: catalog.severities.map(({ id, label, description }) => ({ word: id, says: `${label}: ${description}` })),
    role: named(catalog.roles),
    switch: named(catalog.switches),
    service: named(catalog.services),
    policy: named(catalog.policies),
    schedule: named(catalog.schedules),
    runbook: Object.values(catalog.runbooks).map(({ id, title }) => ({ word: id, says: title })),
  };
}
