import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentAct } from '../../src/domain/incidents/acts.ts';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import { type IncidentState, initialIncident } from '../../src/domain/incidents/state.ts';
import { isLive, nextStatuses, Status } from '../../src/domain/incidents/status.ts';
import type { Recorded } from '../../src/domain/kernel.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { contextOf, given, NOW, stateAfter } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

const incident = 42;
const people = fc.constantFrom('ana', 'bo', 'cy', 'dee', 'zed');
const roles = fc.constantFrom('ic', 'comms', 'boss');
const words = fc.constantFrom('Rolling back', 'it is back');
const of = <K extends string>(type: K) => fc.constant<K>(type);

/** Anything that can be asked of an incident that is declared. */
const anyAct: fc.Arbitrary<IncidentAct> = fc.oneof(
  fc.record({
    type: of('incident.page'),
    incident: of42(),
    policy: fc.option(of('payments')),
    person: fc.option(people),
    reason: fc.option(words),
  }),
  fc.record({ type: of('incident.regrade'), incident: of42(), severity: fc.constantFrom('sev1', 'sev2', 'sev3', 'sev4', 'sev9') }),
  fc.record({ type: of('incident.status'), incident: of42(), status: fc.constantFrom(...Status.options), reason: fc.option(words) }),
  fc.record({ type: of('incident.begin'), incident: of42() }),
  fc.record({ type: of('incident.set-service'), incident: of42(), service: fc.constantFrom('checkout', 'search', 'shop') }),
  fc.record({ type: of('incident.update'), incident: of42(), text: words, nextMs: fc.option(fc.constant(5 * MINUTE_MS)) }),
  fc.record({
    type: of('incident.remind'),
    incident: of42(),
    number: fc.nat(2),
    dueAt: fc.nat(60).map((minute) => NOW + minute * MINUTE_MS),
  }),
  fc.record({ type: of('incident.assign'), incident: of42(), role: roles, person: people }),
  fc.record({ type: of('incident.handover'), incident: of42(), role: roles, person: people, briefing: fc.option(words) }),
  fc.record({ type: of('incident.accept-handover'), incident: of42(), role: roles }),
  fc.record({ type: of('incident.merge'), incident: of42(), into: fc.constantFrom(7, 42) }),
  fc.record({ type: of('incident.resolve'), incident: of42(), summary: fc.option(words) }),
  fc.record({ type: of('incident.reopen'), incident: of42(), reason: words }),
  fc.record({ type: of('incident.cancel'), incident: of42(), reason: words }),
  fc.record({ type: of('incident.room-failed'), incident: of42(), platform: of('console'), reason: of('auth'), detail: words }),
  fc.record({ type: of('incident.room-opened'), incident: of42(), platform: of('console'), room: of('inc-42'), url: fc.constant(null) }),
);
const steps = fc.array(fc.record({ act: anyAct, asker: fc.constantFrom('ana', 'bo', 'cy') }), { maxLength: 30 });
const states = new Map([['incident/7', stateAfter(incidentDomain, 'incident/7', [declaredEvent()])]]);
const beginnings = fc.constantFrom(declaredEvent(), declaredEvent({ status: 'triage' }), declaredEvent({ severity: null, service: null }));

describe('an incident, whatever is asked of it', () => {
  it('keeps one holder a role, legal statuses, and pages with names of their own', () => {
    fc.assert(
      fc.property(beginnings, steps, (declared, acts) => {
        const story = acts.reduce(
          (going, { act, asker }, minute) => going.when(act, { now: NOW + minute * MINUTE_MS, actor: `person:${asker}`, states }),
          given(incidentDomain, 'incident/42', [declared]),
        );
        expectLegal(story.history);
        expectWhole(story.state);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses everything before it is declared', () => {
    fc.assert(
      fc.property(anyAct, (act) => {
        const decision = incidentDomain.decide(initialIncident('incident/42'), act, contextOf('incident/42', { states }));
        expect(decision).toEqual({ refused: 'no_such_incident', values: { incident: '42' } });
      }),
    );
  });
});

/** Every step from one status to the next is one the table or an act of its own allows. */
function expectLegal(history: readonly Recorded<IncidentEvent>[]): void {
  let state = initialIncident('incident/42');
  for (const event of history) {
    const after = incidentDomain.evolve(state, event);
    const moved = event.type === 'incident.status-changed' || event.type === 'incident.closed';
    if (moved) expect(nextStatuses(state.status)).toContain(after.status);
    if (['incident.resolved', 'incident.merged', 'incident.canceled', 'incident.paging'].includes(event.type)) {
      const isPagedAtOnce = event.type === 'incident.paging' && state.status === 'none';
      expect(isLive(state.status) || isPagedAtOnce, `${event.type} while ${state.status}`).toBe(true);
    }
    if (event.type === 'incident.reopened') expect(isLive(state.status)).toBe(false);
    if (event.type === 'incident.role-assigned') expect(state.roles[event.data.role]?.person ?? null).toBe(event.data.replaced);
    if (event.type === 'incident.handover-accepted') expect(state.roles[event.data.role]?.person).toBe(event.data.from);
    state = after;
  }
}

function expectWhole(state: IncidentState): void {
  expect(state.pages).toEqual(state.pages.map((_page, index) => `42-${index + 1}`));
  expect(Object.keys(state.roles).every((role) => Object.hasOwn(exampleCatalog.roles, role))).toBe(true);
  for (const { person } of Object.values(state.roles)) expect(exampleCatalog.people[person]?.rank).not.toBe('observer');
  if (!isLive(state.status)) expect(state.nextUpdateAt).toBeNull();
  expect(state.mergedInto !== null).toBe(state.status === 'merged');
  expect(state.resolvedAt !== null).toBe(state.status === 'resolved' || state.status === 'closed');
}

function of42(): fc.Arbitrary<number> {
  return fc.constant(incident);
}
