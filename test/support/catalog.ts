import type {
  Catalog,
  EscalationPolicy,
  NotificationRule,
  Person,
  Rank,
  Role,
  Schedule,
  Service,
  Severity,
  SwitchDefinition,
} from '../../src/domain/catalog.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';

/**
 * The small company every domain test lives in. At the tests' usual moment, 2026-03-02T03:00Z (a Monday, 04:00 in
 * Berlin), `bo` is on call for payments; at 09:00 Berlin he hands over to `cy`.
 * Phone numbers are from the block the Bundesnetzagentur reserves for fiction, mail addresses from RFC 2606.
 */
function person(id: string, name: string, rank: Rank, phoneEnding: string): Person {
  const chatThenEmail: readonly NotificationRule[] = [
    { pager: 'chat', afterMs: 0 },
    { pager: 'email', afterMs: MINUTE_MS },
  ];
  return {
    id,
    name,
    rank,
    email: `${id}@example.org`,
    phone: `+493023125${phoneEnding}`,
    timeZone: null,
    webhook: null,
    identities: {},
    notify: { high: chatThenEmail, low: [{ pager: 'email', afterMs: 0 }] },
  };
}

const people: Readonly<Record<string, Person>> = {
  ana: person('ana', 'Ana Lima', 'admin', '001'),
  bo: { ...person('bo', 'Bo Berg', 'commander', '002'), webhook: 'http://127.0.0.1:9/bo' },
  cy: person('cy', 'Cy Okafor', 'responder', '003'),
  dee: { ...person('dee', 'Dee Novak', 'observer', '004'), phone: null },
};

const checkout: Service = {
  id: 'checkout',
  name: 'Checkout',
  tier: 0,
  owner: 'payments',
  policy: 'payments',
  rtoMs: 15 * MINUTE_MS,
  rpoMs: MINUTE_MS,
  runbooks: [],
  switches: ['read-only', 'payments-off'],
  dependencies: ['search'],
  dashboards: ['https://dashboards.example.org/checkout'],
};

const search: Service = {
  ...checkout,
  id: 'search',
  name: 'Search',
  tier: 2,
  policy: null,
  rtoMs: 4 * HOUR_MS,
  rpoMs: null,
  switches: [],
  dependencies: [],
  dashboards: [],
};

const paymentsSchedule: Schedule = {
  id: 'payments',
  name: 'Payments',
  timeZone: 'Europe/Berlin',
  layers: [
    {
      name: 'weekly',
      start: '2026-01-05T09:00',
      until: null,
      rotation: { every: 1, unit: 'weeks' },
      people: ['ana', 'bo', 'cy'],
      restrictions: [],
    },
  ],
};

const paymentsPolicy: EscalationPolicy = {
  id: 'payments',
  name: 'Payments',
  levels: [
    { targets: [{ kind: 'schedule', id: 'payments' }], timeoutMs: 5 * MINUTE_MS },
    { targets: [{ kind: 'person', id: 'bo' }], timeoutMs: 5 * MINUTE_MS },
    { targets: [{ kind: 'team', id: 'payments' }], timeoutMs: 10 * MINUTE_MS },
  ],
  repeats: 1,
  rePageMs: 30 * MINUTE_MS,
};

const severities: readonly Severity[] = [
  {
    id: 'sev1',
    rank: 1,
    label: 'SEV1',
    description: 'Customers cannot use the product',
    urgency: 'high',
    pages: true,
    updateEveryMs: 15 * MINUTE_MS,
  },
  {
    id: 'sev2',
    rank: 2,
    label: 'SEV2',
    description: 'An important part is broken or very slow',
    urgency: 'high',
    pages: true,
    updateEveryMs: 30 * MINUTE_MS,
  },
  {
    id: 'sev3',
    rank: 3,
    label: 'SEV3',
    description: 'Few customers are affected, or there is a workaround',
    urgency: 'low',
    pages: true,
    updateEveryMs: 2 * HOUR_MS,
  },
  {
    id: 'sev4',
    rank: 4,
    label: 'SEV4',
    description: 'Nobody outside notices',
    urgency: 'low',
    pages: false,
    updateEveryMs: null,
  },
];

const roles: Readonly<Record<string, Role>> = {
  ic: {
    id: 'ic',
    name: 'Incident Commander',
    duties: ['Decide what happens next and say it in the room', 'Keep every role filled', 'Do not debug: ask, decide, delegate'],
  },
  ops: {
    id: 'ops',
    name: 'Operations Lead',
    duties: ['Make the changes, nobody else does', 'Say each change before you make it', 'Report what you saw to the commander'],
  },
  comms: {
    id: 'comms',
    name: 'Communications Lead',
    duties: ['Write the status updates on time', 'Answer questions from outside the room', 'Keep the status page true'],
  },
  scribe: {
    id: 'scribe',
    name: 'Scribe',
    duties: ['Pin the messages that matter', 'Note decisions with their reasons', 'Collect follow-ups for the postmortem'],
  },
  liaison: {
    id: 'liaison',
    name: 'Liaison',
    duties: ['Bring in other teams and vendors', 'Keep support and management informed', 'Carry their questions to the commander'],
  },
};

const readOnly: SwitchDefinition = {
  id: 'read-only',
  name: 'Read-only mode',
  kind: 'read-only',
  description: 'Customers can look but not change anything',
  owner: 'payments',
  levels: 1,
  approvers: [],
  approvals: 1,
  approvalsOff: 0,
  requestExpiresMs: 10 * MINUTE_MS,
  expiresMs: HOUR_MS,
  warnMs: 5 * MINUTE_MS,
  reviewMs: 30 * MINUTE_MS,
  conflicts: [],
  writePaths: [
    { name: 'orders', behaviour: 'block' },
    { name: 'carts', behaviour: 'buffer' },
    { name: 'audit log', behaviour: 'allow' },
  ],
};

const paymentsOff: SwitchDefinition = {
  ...readOnly,
  id: 'payments-off',
  name: 'Payments off',
  kind: 'kill',
  description: 'No card is charged; orders wait',
  approvers: ['payments'],
  writePaths: [],
};

export const exampleCatalog: Catalog = {
  organization: 'Example Shop',
  timeZone: 'Europe/Berlin',
  people,
  teams: { payments: { id: 'payments', name: 'Payments', members: ['ana', 'bo', 'cy'] } },
  services: { checkout, search },
  schedules: { payments: paymentsSchedule },
  policies: { payments: paymentsPolicy },
  severities,
  roles,
  switches: { 'read-only': readOnly, 'payments-off': paymentsOff },
  routes: [
    {
      id: 'paging-alerts',
      source: 'alertmanager',
      match: { page: 'true' },
      action: 'incident',
      service: null,
      severity: null,
      severityLabels: { critical: 'sev1', warning: 'sev3' },
      groupBy: ['alertname', 'service'],
      onResolve: 'note',
    },
  ],
  runbooks: {},
  incidents: { platforms: ['console'], policy: null, runbook: null, unsetSeverityPages: true, archiveAfterMs: null },
  chat: {},
};
