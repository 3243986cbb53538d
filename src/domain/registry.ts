import { incidentDomain } from './incidents/domain.ts';
import type { AnyDomain, EventCatalogue } from './kernel.ts';
import { pageDomain } from './paging/domain.ts';
import { recordDomain } from './records/domain.ts';

/** Every kind of stream there is. Adding one is one line. */
export const domains: readonly AnyDomain[] = [incidentDomain, pageDomain, recordDomain];

const byKind = new Map(domains.map((domain) => [domain.kind, domain]));
const byAct = new Map(domains.flatMap((domain) => Object.keys(domain.acts).map((type) => [type, domain] as const)));

/** Every event there is, by type. */
export const events: EventCatalogue = Object.fromEntries(domains.flatMap((domain) => Object.entries(domain.events)));
const sentences = new Map(domains.flatMap((domain) => Object.entries(domain.refusals)));

/** The domain of a stream such as `incident/42`. Throws when there is none: then a name was made up. */
export function domainOfStream(stream: string): AnyDomain {
  const domain = byKind.get(stream.slice(0, stream.indexOf('/')));
  if (domain === undefined) throw new Error(`no domain keeps the stream ${stream}`);
  return domain;
}

/** The domain that decides an act, or null when there is no such act. */
export function domainOfAct(type: string): AnyDomain | null {
  return byAct.get(type) ?? null;
}

/** The sentence of a refusal. Throws for a code without one: every code needs its sentence. */
export function refusalSentence(code: string, values: Readonly<Record<string, string>>): string {
  const sentence = sentences.get(code);
  if (sentence === undefined) throw new Error(`no sentence for the refusal ${code}`);
  return sentence(values);
}
