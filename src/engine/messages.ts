import type { Catalog } from '../domain/catalog.ts';
import { personOf } from '../domain/kernel.ts';
import { escapeText } from '../kit/escape.ts';
import { loadTemplates, type Templates } from '../kit/templates.ts';
import type { Document } from '../readings/document.ts';
import { parseMarkup } from '../readings/markup.ts';
import type { CurrentCatalog } from './ports.ts';

/** Templates of `templates/messages`, filled and read as documents. */
export interface Messages {
  readonly names: readonly string[];
  /** Throws when there is no such template, or the model lacks something it names: a mistake of ours. */
  document(name: string, model: object): Document;
}

/** Loads them all; a template that does not compile stops the start with its file and line. */
export function createMessages(directory: string, catalog: CurrentCatalog): Messages {
  const templates: Templates = loadTemplates(directory, messageHelpers(catalog));
  return {
    names: templates.names,
    document: (name, model) => parseMarkup(templates.render(name, model)),
  };
}

/** What message templates may call besides the general helpers. */
export function messageHelpers(catalog: CurrentCatalog) {
  return {
    /** Name of a person, escaped. */
    name: (id: unknown) => escapeText(nameOf(catalog(), String(id))),
    phone: (id: unknown) => catalog().people[String(id)]?.phone ?? 'no phone number',
    /** A line of the timeline, in which only people keep their meaning. */
    say: (line: unknown) => sayInline(String(line)),
    /** Who acted: a person, a source, or Allclear itself. */
    who: (actor: unknown) => sayActor(String(actor)),
    severity: (id: unknown) => severityLabel(catalog(), id === null ? null : String(id)),
    role: (id: unknown) => escapeText(catalog().roles[String(id)]?.name ?? String(id)),
    /** Rung of a page or of an event of one, counted from 1. */
    rung: (place: unknown) => (place as { readonly level: number }).level + 1,
    duties: (role: unknown) => (catalog().roles[String(role)]?.duties ?? []).map((duty) => `- ${escapeText(duty)}`).join('\n'),
  };
}

function nameOf(catalog: Catalog, id: string): string {
  return catalog.people[id]?.name ?? id;
}

function severityLabel(catalog: Catalog, id: string | null): string {
  if (id === null) return 'severity unset';
  return escapeText(catalog.severities.find((severity) => severity.id === id)?.label ?? id);
}

const PERSON = /<@([a-z0-9._-]{1,64})>/g;

/** Text of a `say` row as markup: everything is plain, except people. */
export function sayInline(line: string): string {
  let markup = '';
  let from = 0;
  for (const match of line.matchAll(PERSON)) {
    markup += escapeText(line.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return markup + escapeText(line.slice(from));
}

export function sayActor(actor: string): string {
  const person = personOf(actor as Parameters<typeof personOf>[0]);
  if (person !== null) return `<@${person}>`;
  if (actor.startsWith('source:')) return escapeText(actor.slice('source:'.length));
  return actor === 'clock' ? 'the clock' : 'Allclear';
}
