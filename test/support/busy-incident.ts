import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import { runDomain } from '../../src/domain/runbooks/domain.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import type { SwitchState } from '../../src/domain/switches/state.ts';
import type { IncidentView } from '../../src/readings/incident-view.ts';
import { exampleCatalog } from './catalog.ts';
import { given, NOW, stateAfter } from './given.ts';
import { declaredEvent } from './incident-past.ts';
import { started } from './page-past.ts';
import { catalogWithRunbooks } from './shipped-runbooks.ts';

/** inc-42 in full swing: a page rings, a runbook waits at its first choice, a flip waits for approval, glass is broken. */
export function busyIncident(): { readonly view: IncidentView; readonly switches: Readonly<Record<string, SwitchState>> } {
  const incident = stateAfter(incidentDomain, 'incident/42', [
    declaredEvent(),
    { type: 'incident.paging', data: { page: '42-1', policy: 'payments', person: null, urgency: 'high', reason: 'Checkout is down' } },
  ]);
  const around = new Map<string, unknown>([['incident/42', incident]]);
  const run = given(runDomain, 'run/42')
    .when({ type: 'run.start', incident: 42, runbook: 'recover-in-15' }, { catalog: catalogWithRunbooks, states: around })
    .when({ type: 'run.checkpoint', incident: 42, checkpoint: '5m' }, { now: NOW + 300_000, actor: 'clock', states: around }).state;
  const wish = { to: 1, reason: 'writes are being lost', incident: 42, ttlMs: null };
  const asked = given(switchDomain, 'switch/read-only').when(
    { type: 'switch.request', switch: 'read-only', ...wish },
    { actor: 'person:cy', states: around },
  ).state;
  const broken = given(switchDomain, 'switch/payments-off').when(
    {
      type: 'switch.break-glass',
      switch: 'payments-off',
      confirm: 'payments-off',
      ...wish,
      reason: 'cards are charged twice, again and again',
    },
    { actor: 'person:bo', states: around },
  ).state;
  const untouched = Object.keys(exampleCatalog.switches).map((id) => [id, switchDomain.initial(`switch/${id}`)]);
  return {
    view: { incident, pages: [started().state], run, switches: [asked, broken] },
    switches: { ...Object.fromEntries(untouched), 'read-only': asked, 'payments-off': broken },
  };
}

/** Words a template may put into a button, by the name it knows them under, as they are in the busy incident. */
export const BUTTON_WORDS: Readonly<Record<string, string>> = {
  'event.switch': 'read-only',
  this: 'read-only',
  'event.request': 'r1',
  'event.version': '1',
  'event.page': '42-1',
  page: '42-1',
  'page.page': '42-1',
  waitingPage: '42-1',
  'incident.number': '42',
  'event.role': 'ic',
  vacant: 'ops',
  'role vacant': 'Operations Lead',
  'event.step': 'confirm-it',
  '../event.checkpoint': '5m',
  id: 'go-on',
  'event.item': '1',
  'event.schedule': 'payments',
  'event.override': '00112233',
  runbook: 'recover-in-15',
  nearest: 'ack',
  'text line': 'Checkout is down',
  'text words': 'step choose confirm-it real',
};
