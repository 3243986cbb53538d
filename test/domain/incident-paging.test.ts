import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import type { IncidentActOf } from '../../src/domain/incidents/acts.ts';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

const STREAM = 'incident/42';
const page: IncidentActOf<'incident.page'> = { type: 'incident.page', incident: 42, policy: null, person: null, reason: null };
const regrade = (severity: string): IncidentActOf<'incident.regrade'> => ({ type: 'incident.regrade', incident: 42, severity });
const paging: IncidentEvent = {
  type: 'incident.paging',
  data: { page: '42-1', policy: 'payments', person: null, urgency: 'low', reason: 'Checkout is down' },
};
const silent: Catalog = { ...exampleCatalog, incidents: { ...exampleCatalog.incidents, unsetSeverityPages: false } };
const past = (severity: string | null, ...more: readonly IncidentEvent[]) =>
  given(incidentDomain, STREAM, [declaredEvent({ severity }), ...more]);

describe('a page asked for by hand', () => {
  it('is numbered after those before, and wakes whatever the severity', () => {
    past('sev3', paging)
      .when({ ...page, person: 'bo', reason: 'we need the database' })
      .happens([
        { type: 'incident.paging', data: { page: '42-2', policy: null, person: 'bo', urgency: 'high', reason: 'we need the database' } },
      ]);
    past('sev1')
      .when({ ...page, policy: 'payments' })
      .happens([
        { type: 'incident.paging', data: { page: '42-1', policy: 'payments', person: null, urgency: 'high', reason: 'Checkout is down' } },
      ]);
  });

  it('is refused when nobody is named, or nobody who can act', () => {
    past('sev1').when(page).refused('nobody_to_page');
    past('sev1')
      .when({ ...page, person: 'zed' })
      .refused('unknown_person', { person: 'zed' });
    past('sev1')
      .when({ ...page, person: 'dee' })
      .refused('person_observes', { person: '<@dee>', phone: 'no number is known' });
    past('sev1')
      .when({ ...page, policy: 'shop' })
      .refused('unknown_policy', { policy: 'shop', known: 'payments' });
  });
});

describe('regrading', () => {
  it('says where it came from and whether it got worse', () => {
    past('sev3')
      .when(regrade('sev2'))
      .happens([regraded('sev3', 'sev2', true)]);
    past('sev1')
      .when(regrade('sev2'))
      .happens([regraded('sev1', 'sev2', false)]);
    past(null, paging)
      .when(regrade('sev3'))
      .happens([regraded(null, 'sev3', true)]);
  });

  it('starts paging when what was too harmless to page no longer is', () => {
    expect(past('sev4').when(regrade('sev2')).events[1]).toMatchObject({
      type: 'incident.paging',
      data: { page: '42-1', urgency: 'high' },
    });
    const unset = past(null).when(regrade('sev1'), { catalog: silent });
    expect(unset.events.map(({ type }) => type)).toEqual(['incident.regraded', 'incident.paging']);
    expect(past('sev4', paging).when(regrade('sev2')).events).toHaveLength(1);
    expect(past('sev1').when(regrade('sev4')).events).toHaveLength(1);
  });

  it('says aloud that nobody can be paged', () => {
    const nobody = given(incidentDomain, STREAM, [declaredEvent({ severity: 'sev4', service: null })]).when(regrade('sev1'));
    expect(nobody.events[1]).toMatchObject({ type: 'incident.nobody-paged' });
  });

  it('asks every page to ring louder when it got worse', () => {
    expect(past('sev3', paging).when(regrade('sev1')).effects).toContainEqual({ kind: 'ask', act: { type: 'page.raise', page: '42-1' } });
    const better = past('sev1', paging).when(regrade('sev3')).effects;
    expect(better).not.toContainEqual({ kind: 'ask', act: { type: 'page.raise', page: '42-1' } });
  });

  it('is refused when nothing would change or nobody knows the severity', () => {
    past('sev1').when(regrade('sev1')).refused('severity_unchanged', { severity: 'sev1' });
    past('sev1').when(regrade('high')).refused('unknown_severity', { severity: 'high', known: 'sev1, sev2, sev3, sev4' });
  });
});

describe('naming the service', () => {
  const service = (id: string): IncidentActOf<'incident.set-service'> => ({ type: 'incident.set-service', incident: 42, service: id });
  const nameless = given(incidentDomain, STREAM, [
    declaredEvent({ service: null }),
    { type: 'incident.nobody-paged', data: { reason: 'no service was named and there is no default policy' } },
  ]);

  it('brings what the catalog knows of it', () => {
    const { state } = past('sev1', paging).when(service('search'));
    expect(state).toMatchObject({ service: 'search', owner: 'payments', tier: 2, switches: [] });
  });

  it('pages its policy when nobody could be paged before', () => {
    expect(nameless.when(service('checkout')).events[1]).toMatchObject({ type: 'incident.paging', data: { policy: 'payments' } });
    expect(nameless.when(service('search')).events).toHaveLength(1);
    expect(past('sev4').when(service('search')).events).toHaveLength(1);
  });

  it('is refused when it is that one already, or unknown', () => {
    past('sev1').when(service('checkout')).refused('service_unchanged', { service: 'checkout' });
    past('sev1').when(service('shop')).refused('unknown_service');
  });
});

function regraded(from: string | null, to: string, worse: boolean): IncidentEvent {
  const updateEveryMs = exampleCatalog.severities.find(({ id }) => id === to)?.updateEveryMs ?? null;
  return { type: 'incident.regraded', data: { from, to, worse, updateEveryMs } };
}
