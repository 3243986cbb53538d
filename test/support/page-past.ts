import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import type { PageAct, PageActOf } from '../../src/domain/paging/acts.ts';
import { pageDomain } from '../../src/domain/paging/domain.ts';
import type { PageEvent } from '../../src/domain/paging/events.ts';
import type { PageState } from '../../src/domain/paging/state.ts';
import { type Aftermath, given, stateAfter } from './given.ts';
import { declaredEvent } from './incident-past.ts';

export type PageStory = Aftermath<PageState, PageEvent, PageAct>;

export const startPayments: PageActOf<'page.start'> = {
  type: 'page.start',
  page: '42-1',
  incident: 42,
  policy: 'payments',
  person: null,
  urgency: 'high',
  reason: 'Checkout is down',
};
export const ack: PageAct = { type: 'page.acknowledge', page: '42-1', via: 'console' };

/** The states a page looks at: its incident after these further events, and an empty schedule of overrides. */
export function around(...more: readonly IncidentEvent[]): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ['incident/42', stateAfter(incidentDomain, 'incident/42', [declaredEvent(), ...more])],
    ['schedule/payments', { overrides: [] }],
  ]);
}

/** Page 42-1, asked for by an incident. */
export function started(change: Partial<typeof startPayments> = {}, context: Parameters<PageStory['when']>[1] = {}): PageStory {
  return given(pageDomain, 'page/42-1').when({ ...startPayments, ...change }, { actor: 'allclear', states: around(), ...context });
}

/** Everybody a page rang, in order, as `level/round person`. */
export function climbed(events: readonly PageEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'page.level-reached' ? event.data.people.map(({ person }) => `${event.data.level}/${event.data.round} ${person}`) : [],
  );
}
