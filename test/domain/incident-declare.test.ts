import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import type { IncidentActOf } from '../../src/domain/incidents/acts.ts';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

const STREAM = 'incident/42';
const declare: IncidentActOf<'incident.declare'> = {
  type: 'incident.declare',
  title: 'Checkout is down',
  severity: 'sev1',
  service: 'checkout',
  kind: 'incident',
  triage: false,
  alertGroup: null,
  description: null,
  startedAt: null,
};
const declared = (change: Partial<typeof declare> = {}, catalog: Catalog = exampleCatalog) =>
  given(incidentDomain, STREAM).when({ ...declare, ...change }, { catalog });
const withDefaults = (incidents: Partial<Catalog['incidents']>): Catalog => ({
  ...exampleCatalog,
  incidents: { ...exampleCatalog.incidents, ...incidents },
});

describe('declaring', () => {
  it('keeps what the catalog says of the service now, and pages its policy', () => {
    declared().happens([
      declaredEvent(),
      { type: 'incident.paging', data: { page: '42-1', policy: 'payments', person: null, urgency: 'high', reason: 'Checkout is down' } },
    ]);
  });

  it('needs neither severity nor service', () => {
    const { events, state } = declared({ severity: null, service: null });
    expect(events.map(({ type }) => type)).toEqual(['incident.declared', 'incident.nobody-paged']);
    expect(state).toMatchObject({ status: 'investigating', severity: null, service: null, nextUpdateAt: null });
  });

  it('pages the default policy when the service has none', () => {
    const { events } = declared({ service: 'search' }, withDefaults({ policy: 'payments' }));
    expect(events[1]).toMatchObject({ type: 'incident.paging', data: { policy: 'payments' } });
  });

  it('says aloud that nobody was paged, and why', () => {
    expect(declared({ service: 'search' }).events[1]?.data).toEqual({ reason: 'search has no escalation policy' });
    expect(declared({ service: null }).events[1]?.data).toEqual({ reason: 'no service was named and there is no default policy' });
  });

  it('pages nobody when the severity does not, and when an unset one shall not', () => {
    expect(declared({ severity: 'sev4' }).events).toHaveLength(1);
    expect(declared({ severity: null }, withDefaults({ unsetSeverityPages: false })).events).toHaveLength(1);
    expect(declared({ severity: null }).events[1]).toMatchObject({ type: 'incident.paging', data: { urgency: 'high' } });
  });

  it('refuses a severity or a service the catalog does not know', () => {
    declared({ severity: 'sev9' }).refused('unknown_severity', { severity: 'sev9', known: 'sev1, sev2, sev3, sev4' });
    declared({ service: 'shop' }).refused('unknown_service', { service: 'shop', known: 'checkout, search' });
    declared({ service: 'constructor' }).refused('unknown_service');
  });

  it('opens a room on every platform, reminds of the first update and tells the alert group', () => {
    const { effects } = declared({ alertGroup: 'abc', triage: true });
    expect(effects.map(({ kind }) => kind)).toEqual(['ask', 'ask', 'room.open', 'ask', 'room.keep']);
    expect(effects[0]).toMatchObject({ act: { type: 'alert.bind', group: 'abc', incident: 42, platforms: ['console'] } });
    expect(effects[1]).toMatchObject({ actor: 'clock', dueAt: NOW + 15 * MINUTE_MS, act: { type: 'incident.remind', number: 0 } });
    expect(effects[3]).toMatchObject({ act: { type: 'page.start', incident: 42, page: '42-1', policy: 'payments' } });
  });
});

describe('work begins', () => {
  it('when somebody acknowledges what was only triaged', () => {
    const triaged = declared({ triage: true });
    triaged
      .when({ type: 'incident.begin', incident: 42 }, { actor: 'allclear' })
      .happens([{ type: 'incident.status-changed', data: { from: 'triage', to: 'investigating', reason: null } }]);
    declared().when({ type: 'incident.begin', incident: 42 }).nothingHappens();
  });
});
