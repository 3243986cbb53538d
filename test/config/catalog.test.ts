import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { catalogIn, EXAMPLE, exampleWith } from './example.ts';

/** The least a file may say. */
const SMALLEST = 'organization: Tiny\npeople:\n  ana: { name: Ana Lima }\n';

describe('the smallest file', () => {
  const catalog = catalogIn(SMALLEST);

  it('has one person, woken by chat', () => {
    const chat = [{ pager: 'chat', afterMs: 0 }];
    expect(catalog.people).toEqual({
      ana: {
        id: 'ana',
        name: 'Ana Lima',
        rank: 'responder',
        email: null,
        phone: null,
        timeZone: null,
        webhook: null,
        identities: {},
        notify: { high: chat, low: chat },
      },
    });
  });

  it('has the four usual severities: two page, with updates every 15, 30 and 60 minutes', () => {
    expect(
      catalog.severities.map(({ id, rank, label, urgency, pages, updateEveryMs }) => [id, rank, label, urgency, pages, updateEveryMs]),
    ).toEqual([
      ['sev1', 1, 'SEV1', 'high', true, 15 * MINUTE_MS],
      ['sev2', 2, 'SEV2', 'high', true, 30 * MINUTE_MS],
      ['sev3', 3, 'SEV3', 'low', false, HOUR_MS],
      ['sev4', 4, 'SEV4', 'low', false, null],
    ]);
  });

  it('has the five usual roles, each with duties short enough for a phone', () => {
    expect(Object.keys(catalog.roles)).toEqual(['ic', 'ops', 'comms', 'scribe', 'liaison']);
    const duties = Object.values(catalog.roles).flatMap((role) => role.duties);
    expect(duties.length).toBeGreaterThanOrEqual(30);
    expect(duties.filter((duty) => duty.length > 160)).toEqual([]);
  });

  it('opens incidents on the console, and pages when nobody has graded them', () => {
    const archiveAfterMs = 7 * 24 * HOUR_MS;
    expect(catalog.incidents).toEqual({ platforms: ['console'], policy: null, runbook: null, unsetSeverityPages: true, archiveAfterMs });
    expect(catalog.timeZone).toBe('UTC');
    expect(catalog).toMatchObject({ teams: {}, services: {}, schedules: {}, policies: {}, switches: {}, routes: [], runbooks: {} });
  });
});

describe('the shipped example', () => {
  const catalog = catalogIn(EXAMPLE);

  it('has what the demonstration needs', () => {
    expect(Object.fromEntries(Object.values(catalog.people).map(({ id, rank }) => [id, rank]))).toMatchObject({
      ana: 'admin',
      bo: 'commander',
      cy: 'responder',
      dee: 'responder',
    });
    expect(catalog.services['checkout']).toMatchObject({
      tier: 0,
      owner: 'payments',
      policy: 'payments',
      rtoMs: 15 * MINUTE_MS,
      rpoMs: MINUTE_MS,
    });
    expect(catalog.services['search']).toMatchObject({ tier: 2, rtoMs: 4 * HOUR_MS });
    expect(catalog.policies['payments']?.levels).toEqual([
      { targets: [{ kind: 'schedule', id: 'payments' }], timeoutMs: 5 * MINUTE_MS },
      {
        targets: [
          { kind: 'schedule', id: 'platform' },
          { kind: 'person', id: 'bo' },
        ],
        timeoutMs: 5 * MINUTE_MS,
      },
      { targets: [{ kind: 'team', id: 'payments' }], timeoutMs: 10 * MINUTE_MS },
    ]);
    expect(catalog.switches['read-only']).toMatchObject({ kind: 'read-only', levels: 1, approvals: 1, conflicts: ['payments-later'] });
    expect(catalog.switches['read-only']?.writePaths).toHaveLength(5);
    expect(catalog.switches['payments-off']).toMatchObject({ kind: 'kill', levels: 1, conflicts: ['payments-later'] });
    expect(catalog.switches['search-quality']).toMatchObject({
      kind: 'brownout',
      levels: 3,
      approvals: 0,
      requestExpiresMs: 15 * MINUTE_MS,
    });
    expect(catalog.routes.map(({ id, action, source }) => [id, action, source])).toEqual([
      ['watchdog', 'ignore', 'alertmanager'],
      ['staging', 'ignore', 'alertmanager'],
      ['search', 'incident', 'alertmanager'],
      ['everything-else', 'incident', 'alertmanager'],
    ]);
  });

  it('follows the sun', () => {
    expect(catalog.schedules['platform']).toMatchObject({
      timeZone: 'Europe/Berlin',
      layers: [
        { people: ['dee', 'ana'], rotation: { every: 1, unit: 'weeks' }, start: '2026-01-05T09:00', until: null, restrictions: [] },
        { people: ['eli', 'fay'], restrictions: [{ days: [], from: '20:00', to: '08:00' }] },
      ],
    });
  });

  it('uses only numbers and addresses that belong to nobody', () => {
    for (const { email, phone } of Object.values(catalog.people)) {
      expect(email).toMatch(/@example\.com$/);
      if (phone !== null) expect(phone).toMatch(/^\+1555010\d{4}$/);
    }
  });
});

describe('human forms', () => {
  it.each([
    ['weekly', { every: 1, unit: 'weeks' }],
    ['daily', { every: 1, unit: 'days' }],
    ['every 12 hours', { every: 12, unit: 'hours' }],
    ['every 1 day', { every: 1, unit: 'days' }],
    ['every 2 weeks', { every: 2, unit: 'weeks' }],
  ])('reads the rotation %s', (words, rotation) => {
    const text = exampleWith('rotation: weekly\n        people: [eli', `rotation: ${words}\n        people: [eli`);
    expect(catalogIn(text).schedules['platform']?.layers[1]?.rotation).toEqual(rotation);
  });

  it.each([
    ['[mon]', [1]],
    ['[mon-fri]', [1, 2, 3, 4, 5]],
    ['[sat-mon]', [1, 6, 7]],
    ['[fri, mon-wed, tue]', [1, 2, 3, 5]],
    ['[mon-sun]', [1, 2, 3, 4, 5, 6, 7]],
  ])('reads the days %s', (words, days) => {
    const text = exampleWith('{ from: "20:00"', `{ days: ${words}, from: "20:00"`);
    expect(catalogIn(text).schedules['platform']?.layers[1]?.restrictions[0]?.days).toEqual(days);
  });

  it('spells a time zone as the database does', () => {
    expect(catalogIn(exampleWith('America/New_York', 'america/new_york')).people['fay']?.timeZone).toBe('America/New_York');
  });

  it('reads none as never', () => {
    const text = exampleWith('rePage: 30m\n\n# ── Emergency', 'rePage: none\n\n# ── Emergency');
    expect(catalogIn(text).policies['platform']?.rePageMs).toBeNull();
  });
});

describe('defaults', () => {
  it('wake a person by every address, and by webhook only when it is urgent', () => {
    const { people } = catalogIn(
      exampleWith('email: ana@example.com', 'email: ana@example.com\n    webhook: https://hooks.example.com/ana'),
    );
    expect(people['ana']?.notify.high.map(({ pager }) => pager)).toEqual(['chat', 'email', 'webhook']);
    expect(people['ana']?.notify.low.map(({ pager }) => pager)).toEqual(['chat', 'email']);
  });

  it('leave the other roles alone when one is written anew', () => {
    const { roles } = catalogIn(
      `${SMALLEST}roles:\n  ic: { name: Chief, duties: [Decide.] }\n  legal: { name: Legal, duties: [Advise.] }\n`,
    );
    expect(roles['ic']).toEqual({ id: 'ic', name: 'Chief', duties: ['Decide.'] });
    expect(Object.keys(roles)).toEqual(['ic', 'ops', 'comms', 'scribe', 'liaison', 'legal']);
  });

  it('give way to severities of other names, ranked as they are written', () => {
    const text = `${SMALLEST}severities:
  - { id: p1, label: Priority 1, description: Bad., urgency: high, pages: true, updateEvery: 10m }
  - { id: p2, description: Less bad., urgency: low, pages: false }
`;
    expect(catalogIn(text).severities).toEqual([
      { id: 'p1', rank: 1, label: 'Priority 1', description: 'Bad.', urgency: 'high', pages: true, updateEveryMs: 10 * MINUTE_MS },
      { id: 'p2', rank: 2, label: 'P2', description: 'Less bad.', urgency: 'low', pages: false, updateEveryMs: null },
    ]);
  });

  it('find nobody named constructor', () => {
    const catalog = catalogIn(EXAMPLE);
    for (const found of [catalog.people, catalog.services, catalog.switches, catalog.routes[3]?.severityLabels]) {
      expect(found?.['constructor']).toBeUndefined();
    }
    expect(catalogIn('organization: x\npeople: { constructor: { name: Con } }').people['constructor']?.name).toBe('Con');
  });
});
