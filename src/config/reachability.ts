import type { Catalog, PageTarget, Person } from '../domain/catalog.ts';
import { errorAt, type FindingAt, warningAt } from './finding.ts';

/** The console reaches who looks at it, and wakes nobody. */
const CONSOLE = 'console';

type Contact = 'none' | 'console' | 'woken';

/** People whom a page cannot reach or wake, among those some policy may page. Judged by their addresses alone. */
export function reachability(catalog: Catalog): readonly FindingAt[] {
  const pageable = new Set(
    Object.values(catalog.policies).flatMap(({ levels }) =>
      levels.flatMap(({ targets }) => targets.flatMap((target) => behind(target, catalog))),
    ),
  );
  return Object.values(catalog.people)
    .filter(({ id }) => pageable.has(id))
    .flatMap((person) => personFindings(person, catalog.incidents.platforms));
}

function behind(target: PageTarget, catalog: Catalog): readonly string[] {
  switch (target.kind) {
    case 'person':
      return [target.id];
    case 'team':
      return catalog.teams[target.id]?.members ?? [];
    case 'schedule':
      return catalog.schedules[target.id]?.layers.flatMap(({ people }) => people) ?? [];
  }
}

function personFindings(person: Person, platforms: readonly string[]): readonly FindingAt[] {
  const path = ['people', person.id];
  const contacts = (['high', 'low'] as const).map((urgency) =>
    person.notify[urgency].map(({ pager }) => contact(pager, person, platforms)),
  );
  if (contacts.some((ways) => ways.every((way) => way === 'none')))
    return [errorAt(path, `A page cannot reach ${person.name}: give an address that the notification rules use.`)];
  const [high = []] = contacts;
  const pagers = new Set([...person.notify.high, ...person.notify.low].map(({ pager }) => pager));
  const useless = [...pagers].filter((pager) => contact(pager, person, platforms) === 'none');
  return [
    ...(high.includes('woken')
      ? []
      : [warningAt(path, `Only the console can reach ${person.name}, which wakes nobody: add an e-mail address or a webhook.`)]),
    ...useless.map((pager) =>
      warningAt(path, `The ${pager} pager has no address for ${person.name}: add ${addressFor(pager)}, or take the rule away.`),
    ),
  ];
}

/** Pagers this file does not know are taken to work; they complain themselves. */
function contact(pager: string, person: Person, platforms: readonly string[]): Contact {
  switch (pager) {
    case 'email':
      return person.email === null ? 'none' : 'woken';
    case 'webhook':
      return person.webhook === null ? 'none' : 'woken';
    case 'chat':
      if (platforms.some((platform) => platform !== CONSOLE && Object.hasOwn(person.identities, platform))) return 'woken';
      return platforms.includes(CONSOLE) ? 'console' : 'none';
    default:
      return 'woken';
  }
}

function addressFor(pager: string): string {
  if (pager === 'email') return 'an `email`';
  return pager === 'webhook' ? 'a `webhook`' : 'a user id under `identities`';
}
