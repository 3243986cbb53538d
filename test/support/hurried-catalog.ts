import type { Catalog, Person } from '../../src/domain/catalog.ts';
import { exampleCatalog } from './catalog.ts';

/** Patience of one level; a whole page is over within a second when nobody acknowledges. */
const LEVEL_MS = 250;
const SECOND_CALL_MS = 100;

/**
 * The example company in a hurry: whoever is paged is called twice at once by webhook at `farEnd`, and nothing is due
 * later than a second from now, so that a test may wait until nothing is owed any more.
 */
export function hurriedCatalog(farEnd: string): Catalog {
  const { people, policies, severities, incidents } = exampleCatalog;
  const calls = [0, SECOND_CALL_MS].map((afterMs) => ({ pager: 'webhook', afterMs }));
  const hurried = (person: Person | undefined): Person => ({
    ...(person as Person),
    webhook: `${farEnd}/${person?.id}`,
    notify: { high: calls, low: calls },
  });
  const levels = ['bo', 'cy'].map((id) => ({ targets: [{ kind: 'person', id } as const], timeoutMs: LEVEL_MS }));
  return {
    ...exampleCatalog,
    people: { ...people, bo: hurried(people['bo']), cy: hurried(people['cy']) },
    policies: { ...policies, payments: { id: 'payments', name: 'Payments', levels, repeats: 1, rePageMs: null } },
    severities: severities.map((severity) => ({ ...severity, updateEveryMs: null })),
    incidents: { ...incidents, policy: 'payments' },
  };
}
