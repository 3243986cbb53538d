import { describe, expect, it } from 'vitest';
import { EXAMPLE, exampleWith, placeOf, problemsIn } from './example.ts';

/** As in mistakes.test.ts: `before` becomes `after`, and the one problem points at `at` inside `after`. */
const cases: readonly { title: string; before: string; after: string; at: string; path: string; sentence: string }[] = [
  {
    title: 'an unknown person in a team',
    before: '[ana, dee, eli, fay]',
    after: '[ana, dea, eli, fay]',
    at: 'dea',
    path: 'teams.platform.members[1]',
    sentence: 'There is no person `dea`. Did you mean `dee`?',
  },
  {
    title: 'an unknown owner',
    before: 'name: Search\n    tier: 2\n    owner: platform',
    after: 'name: Search\n    tier: 2\n    owner: serch-team',
    at: 'serch-team',
    path: 'services.search.owner',
    sentence: 'There is no team `serch-team`. Known are: payments, platform, support.',
  },
  {
    title: 'an unknown policy',
    before: 'tier: 2\n    owner: platform\n    policy: platform',
    after: 'tier: 2\n    owner: platform\n    policy: plattform',
    at: 'plattform',
    path: 'services.search.policy',
    sentence: 'There is no policy `plattform`. Did you mean `platform`?',
  },
  {
    title: 'an unknown runbook',
    before: 'rpo: 5m\n    runbooks: [recover-in-15]',
    after: 'rpo: 5m\n    runbooks: [recover-in-51]',
    at: 'recover-in-51',
    path: 'services.api.runbooks[0]',
    sentence: 'There is no runbook `recover-in-51`. Did you mean `recover-in-15`?',
  },
  {
    title: 'an unknown switch',
    before: '[read-only, search-quality]',
    after: '[readonly, search-quality]',
    at: 'readonly',
    path: 'services.api.switches[0]',
    sentence: 'There is no switch `readonly`. Did you mean `read-only`?',
  },
  {
    title: 'an unknown dependency',
    before: '[orders, search]',
    after: '[orders, serach]',
    at: 'serach',
    path: 'services.api.dependencies[1]',
    sentence: 'There is no service `serach`. Did you mean `search`?',
  },
  {
    title: 'a service that depends on itself',
    before: '[orders, search]',
    after: '[orders, api]',
    at: 'api',
    path: 'services.api.dependencies[1]',
    sentence: 'A service does not depend on itself.',
  },
  {
    title: 'an unknown person in a rotation',
    before: 'people: [eli, fay]',
    after: 'people: [eli, eli, foy]',
    at: 'foy',
    path: 'schedules.platform.layers[1].people[2]',
    sentence: 'There is no person `foy`. Did you mean `fay`?',
  },
  {
    title: 'a layer that ends before it starts',
    before: 'start: 2026-01-05T20:00',
    after: 'start: 2026-01-05T20:00\n        until: 2025-01-05T20:00',
    at: '2025',
    path: 'schedules.platform.layers[1].until',
    sentence: 'The layer ends before it starts (2026-01-05T20:00).',
  },
  {
    title: 'an unknown schedule in a policy',
    before: '[{ schedule: payments }]',
    after: '[{ schedule: payment }]',
    at: 'payment }',
    path: 'policies.payments.levels[0].targets[0].schedule',
    sentence: 'There is no schedule `payment`. Did you mean `payments`?',
  },
  {
    title: 'an unknown person in a policy',
    before: '{ person: fay }',
    after: '{ person: fey }',
    at: 'fey',
    path: 'policies.platform.levels[1].targets[1].person',
    sentence: 'There is no person `fey`. Did you mean `fay`?',
  },
  {
    title: 'an unknown team in a policy',
    before: '{ team: platform }',
    after: '{ team: platfrom }',
    at: 'platfrom',
    path: 'policies.platform.levels[2].targets[0].team',
    sentence: 'There is no team `platfrom`. Did you mean `platform`?',
  },
  {
    title: 'an unknown approver',
    before: 'approvers: [payments, platform]',
    after: 'approvers: [payments, anna]',
    at: 'anna',
    path: 'switches.read-only.approvers[1]',
    sentence: 'There is no person or team `anna`. Did you mean `ana`?',
  },
  {
    title: 'a conflict with itself',
    before: 'conflicts: [payments-off, read-only]',
    after: 'conflicts: [payments-off, read-only, payments-later]',
    at: 'payments-later',
    path: 'switches.payments-later.conflicts[2]',
    sentence: 'A switch does not conflict with itself.',
  },
  {
    title: 'a conflict only one side knows of',
    before: 'kind: brownout\n',
    after: 'kind: brownout\n    conflicts: [read-only]\n',
    at: 'read-only',
    path: 'switches.search-quality.conflicts[0]',
    sentence: '`read-only` does not name `search-quality` among its conflicts; add it there, so that both sides say so.',
  },
  {
    title: 'a brownout without levels',
    before: 'payments-off:\n    name: Payments off\n    kind: kill',
    after: 'payments-off:\n    name: Payments off\n    kind: brownout',
    at: 'payments-off:',
    path: 'switches.payments-off.levels',
    sentence: 'A brownout needs `levels`: how many steps of less it knows.',
  },
  {
    title: 'levels of a switch that has none',
    before: 'name: Payments off\n',
    after: 'name: Payments off\n    levels: 2\n',
    at: 'levels',
    path: 'switches.payments-off.levels',
    sentence: 'Only a brownout has levels; a kill switch is on or off.',
  },
  {
    title: 'write paths of a kill switch',
    before: 'name: Payments off\n',
    after: 'name: Payments off\n    writePaths: [{ name: x, behaviour: allow }]\n',
    at: 'writePaths',
    path: 'switches.payments-off.writePaths',
    sentence: 'Only a read-only switch has write paths.',
  },
  {
    title: 'a warning after the fact',
    before: 'expires: 4h',
    after: 'expires: 5m',
    at: 'warn: 15m',
    path: 'switches.search-quality.warn',
    sentence: 'The warning must come before the switch is turned back: make `warn` shorter than `expires`.',
  },
  {
    title: 'two routes of one id',
    before: 'id: staging',
    after: 'id: watchdog # again',
    at: 'watchdog # again',
    path: 'routes[1].id',
    sentence: '`watchdog` is already the id of an entry above.',
  },
  {
    title: 'an unknown service in a route',
    before: '    service: search\n    severityLabels',
    after: '    service: seach\n    severityLabels',
    at: 'seach',
    path: 'routes[2].service',
    sentence: 'There is no service `seach`. Did you mean `search`?',
  },
  {
    title: 'an unknown severity behind a label',
    before: 'warning: sev3',
    after: 'warning: sev9',
    at: 'sev9',
    path: 'routes[3].severityLabels.warning',
    sentence: 'There is no severity `sev9`. Did you mean `sev1`?',
  },
  {
    title: 'an unknown source',
    before: 'id: everything-else\n    source: alertmanager',
    after: 'id: everything-else\n    source: alertmanger',
    at: 'alertmanger',
    path: 'routes[3].source',
    sentence: 'There is no alert source `alertmanger`. Did you mean `alertmanager`?',
  },
  {
    title: 'an unknown chat platform',
    before: 'platforms: [console]',
    after: 'platforms: [console, slak]',
    at: 'slak',
    path: 'incidents.platforms[1]',
    sentence: 'There is no chat platform `slak`. Did you mean `slack`?',
  },
  {
    title: 'an unknown fallback policy',
    before: '  policy: platform\n  runbook',
    after: '  policy: plat\n  runbook',
    at: 'plat\n',
    path: 'incidents.policy',
    sentence: 'There is no policy `plat`. Known are: payments, platform.',
  },
  {
    title: 'an unknown pager',
    before: '{ pager: email, after: 3m }',
    after: '{ pager: emial, after: 3m }',
    at: 'emial',
    path: 'people.bo.notify.high[2].pager',
    sentence: 'There is no pager `emial`. Did you mean `email`?',
  },
];

describe('a name that stands for nothing', () => {
  it.each(cases)('is reported: $title', ({ before, after, at, path, sentence }) => {
    const text = exampleWith(before, after);
    const [line, column] = placeOf(text, at, after).split(':').map(Number);
    expect(problemsIn(text)).toEqual([{ file: 'allclear.yaml', line, column, path, sentence }]);
  });

  it('is reported for identities: no two people share a user id', () => {
    const text = EXAMPLE.replace('email: ana@example.com', 'email: ana@example.com\n    identities: { slack: U1 }').replace(
      'email: bo@example.com',
      'email: bo@example.com\n    identities: { slack: U1, slak: U2 }',
    );
    expect(problemsIn(text).map(({ path, sentence }) => `${path}: ${sentence}`)).toEqual([
      'people.bo.identities.slack: `ana` already has this user id on slack; two people cannot share one.',
      'people.bo.identities.slak: There is no chat platform `slak`. Did you mean `slack`?',
    ]);
  });

  it('is reported when a team has the id of a person', () => {
    const text = exampleWith('  support:\n', '  gus:\n');
    expect(problemsIn(text).map(({ path, sentence }) => `${path}: ${sentence}`)).toEqual([
      'teams.gus: `gus` is also a person; give the team another id, so that approvers are unambiguous.',
    ]);
  });

  it('is not asked about in a section that cannot be read at all', () => {
    const text = `${EXAMPLE.slice(0, EXAMPLE.indexOf('policies:'))}policies: 5\n${EXAMPLE.slice(EXAMPLE.indexOf('# ── Emergency'))}`;
    expect(problemsIn(text).map(({ path }) => path)).toEqual(['policies']);
  });
});
