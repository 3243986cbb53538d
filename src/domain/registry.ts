import { escapeText } from '../kit/escape.ts';
import { alertDomain } from './alerts/domain.ts';
import { askingRefusals } from './asking-refusals.ts';
import { followupDomain } from './followups/domain.ts';
import { incidentDomain } from './incidents/domain.ts';
import type { AnyDomain, EventCatalogue, RefusalCatalogue } from './kernel.ts';
import { oncallDomain } from './oncall/domain.ts';
import { pageDomain } from './paging/domain.ts';
import { recordDomain } from './records/domain.ts';
import { runDomain } from './runbooks/domain.ts';
import { switchDomain } from './switches/domain.ts';

/** Every kind of stream there is. Adding one is one line. */
export const domains: readonly AnyDomain[] = [
  incidentDomain,
  pageDomain,
  alertDomain,
  oncallDomain,
  switchDomain,
  runDomain,
  followupDomain,
  recordDomain,
];

const byKind = new Map(domains.map((domain) => [domain.kind, domain]));
const byAct = new Map(domains.flatMap((domain) => Object.keys(domain.acts).map((type) => [type, domain] as const)));

/** Every event there is, by type. */
export const events: EventCatalogue = Object.fromEntries(domains.flatMap((domain) => Object.entries(domain.events)));
/** Every refusal there is, by code. */
export const refusals: RefusalCatalogue = Object.assign({}, askingRefusals, ...domains.map((domain) => domain.refusals));

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

/** A person, as sentences and templates name them. */
const MENTION = /^<@[a-z0-9._-]{1,64}>$/;

/**
 * The sentence of a refusal, in message markup: what people wrote is escaped, `<@id>` stays a person. Throws for a code
 * without a sentence: every code needs one.
 */
export function refusalSentence(code: string, values: Readonly<Record<string, string>>): string {
  const sentence = refusals[code];
  if (sentence === undefined) throw new Error(`no sentence for the refusal ${code}`);
  const safe = Object.entries(values).map(([key, value]) => [key, MENTION.test(value) ? value : escapeText(value)]);
  return sentence(Object.fromEntries(safe));
}
