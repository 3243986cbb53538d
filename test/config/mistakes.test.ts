import { describe, expect, it } from 'vitest';
import { exampleWith, placeOf, problemsIn, said } from './example.ts';

/** `before` in the example becomes `after`; `at` is the text the problem must point at, inside `after`. */
interface Mistake {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly at: string;
  readonly path: string;
  readonly sentence: RegExp | string;
}

const shapeMistakes: readonly Mistake[] = [
  {
    title: 'a misspelt key',
    before: 'name: Fay Moreau\n    rank:',
    after: 'name: Fay Moreau\n    rnak:',
    at: 'rnak',
    path: 'people.fay.rnak',
    sentence: 'There is no key `rnak` here. Did you mean `rank`?',
  },
  {
    title: 'a key nothing is like',
    before: 'name: Search\n',
    after: 'name: Search\n    zzzzzzzz: 1\n',
    at: 'zzzzzzzz',
    path: 'services.search.zzzzzzzz',
    sentence: /^There is no key `zzzzzzzz` here\. Known are: name, tier, owner, /,
  },
  {
    title: 'a missing key, at the thing it is missing from',
    before: '  cy:\n    name: Cy Okafor\n',
    after: '  cy:\n',
    at: 'cy:\n',
    path: 'people.cy.name',
    sentence: 'This key is missing.',
  },
  {
    title: 'an empty value',
    before: 'email: fay@example.com',
    after: 'email:   # fay?',
    at: 'email:   #',
    path: 'people.fay.email',
    sentence: 'Nothing is written here: fill it in or remove the key.',
  },
  {
    title: 'a number that is no duration',
    before: 'rto: 30m',
    after: 'rto: 30',
    at: '30',
    path: 'services.api.rto',
    sentence: 'Write a duration such as `90s`, `15m`, `1h30m` or `2d`, not `30`.',
  },
  {
    title: 'a duration out of bounds',
    before: 'warn: 10m\n    review: 30m\n    conflicts: [payments-later]\n    writePaths',
    after: 'warn: 10s\n    review: 30m\n    conflicts: [payments-later]\n    writePaths',
    at: '10s',
    path: 'switches.read-only.warn',
    sentence: 'Too short: write 1m to 366d.',
  },
  {
    title: 'a phone number without quotes',
    before: '"+15550100006"',
    after: '+15550100006',
    at: '+15550100006',
    path: 'people.fay.phone',
    sentence: /^Write a phone number in quotes with a plus sign, .*, not `15550100006`\.$/,
  },
  {
    title: 'a time zone with a typo',
    before: 'America/New_York',
    after: 'America/New_Yrok',
    at: 'America/New_Yrok',
    path: 'people.fay.timeZone',
    sentence: /not `America\/New_Yrok`\. Did you mean `America\/New_York`\?$/,
  },
  {
    title: 'an offset as time zone',
    before: 'America/New_York',
    after: '"+02:00"',
    at: '"+02:00"',
    path: 'people.fay.timeZone',
    sentence: /^Write a time zone name such as `Europe\/Berlin`/,
  },
  {
    title: 'an e-mail address that is none',
    before: 'fay@example.com',
    after: 'fay at example.com',
    at: 'fay at example.com',
    path: 'people.fay.email',
    sentence: 'Write an e-mail address, not `fay at example.com`.',
  },
  {
    title: 'a word that is not on the list',
    before: 'Place an order, behaviour: block',
    after: 'Place an order, behaviour: blok',
    at: 'blok',
    path: 'switches.read-only.writePaths[0].behaviour',
    sentence: 'Write `block`, `buffer` or `allow`, not `blok`. Did you mean `block`?',
  },
  {
    title: 'a tier that does not exist',
    before: 'tier: 2',
    after: 'tier: 4',
    at: '4',
    path: 'services.search.tier',
    sentence: /^Write `0`, `1`, `2` or `3`, not `4`\./,
  },
  {
    title: 'a time of day that does not exist',
    before: 'to: "08:00"',
    after: 'to: "24:00"',
    at: '"24:00"',
    path: 'schedules.platform.layers[1].restrictions[0].to',
    sentence: 'Write a time of day in quotes such as "09:00" (00:00 to 23:59), not `24:00`.',
  },
  {
    title: 'a day that does not exist',
    before: 'start: 2026-01-05T20:00',
    after: 'start: 2026-02-30T20:00',
    at: '2026-02-30',
    path: 'schedules.platform.layers[1].start',
    sentence: 'There is no such day or time: `2026-02-30T20:00`.',
  },
  {
    title: 'days that do not exist',
    before: '{ from: "20:00"',
    after: '{ days: [mon, funday], from: "20:00"',
    at: 'funday',
    path: 'schedules.platform.layers[1].restrictions[0].days[1]',
    sentence: 'Write days such as `mon` or `mon-fri`, not `funday`.',
  },
  {
    title: 'a rotation nobody defined',
    before: 'rotation: weekly\n        people: [eli',
    after: 'rotation: fortnightly\n        people: [eli',
    at: 'fortnightly',
    path: 'schedules.platform.layers[1].rotation',
    sentence: /^Write `daily`, `weekly`, or for example `every 12 hours`/,
  },
  {
    title: 'a target that is two',
    before: '{ person: fay }',
    after: '{ person: fay, team: platform }',
    at: '{ person: fay, team',
    path: 'policies.platform.levels[1].targets[1]',
    sentence: 'Write exactly one of `schedule: …`, `person: …` or `team: …`.',
  },
  {
    title: 'an address that runs a script',
    before: 'https://grafana.example.com/d/search',
    after: 'javascript:alert(1)',
    at: 'javascript:',
    path: 'services.search.dashboards[0]',
    sentence: /^Write a URL beginning with https:\/\/ or http:\/\//,
  },
  {
    title: 'an id with capitals',
    before: '  gus:\n',
    after: '  Gus:\n',
    at: 'Gus:',
    path: 'people.Gus',
    sentence: /^Write a name of lower-case letters, digits and hyphens \(at most 40\), beginning with a letter, not `Gus`\.$/,
  },
  {
    title: 'a list where one value belongs',
    before: 'name: Bo Berg',
    after: 'name: [Bo, Berg]',
    at: '[Bo',
    path: 'people.bo.name',
    sentence: 'Write text, not a list.',
  },
  {
    title: 'yes for true',
    before: 'unsetSeverityPages: true',
    after: 'unsetSeverityPages: yes',
    at: 'yes',
    path: 'incidents.unsetSeverityPages',
    sentence: 'Write true or false, not `yes`.',
  },
  {
    title: 'an empty text',
    before: 'name: Bo Berg',
    after: 'name: ""',
    at: '""',
    path: 'people.bo.name',
    sentence: 'Nothing is written here: fill it in or remove the key.',
  },
  {
    title: 'too many repeats',
    before: 'repeats: 2\n    rePage: 30m\n\n',
    after: 'repeats: 2000\n    rePage: 30m\n\n',
    at: '2000',
    path: 'policies.platform.repeats',
    sentence: 'Too large: at most 20.',
  },
  {
    title: 'an empty list where somebody is needed',
    before: 'people: [eli, fay]',
    after: 'people: []',
    at: '[]',
    path: 'schedules.platform.layers[1].people',
    sentence: 'Too few: at least 1.',
  },
];

describe('a mistake in the shape of allclear.yaml', () => {
  it.each(shapeMistakes)('tells of $title, where it stands', ({ before, after, at, path, sentence }) => {
    const text = exampleWith(before, after);
    const place = placeOf(text, at, after);
    const found = problemsIn(text).filter((problem) => problem.path === path);
    expect(found.map(({ line, column }) => `${line}:${column}`)).toEqual([place]);
    if (typeof sentence === 'string') expect(found[0]?.sentence).toBe(sentence);
    else expect(found[0]?.sentence).toMatch(sentence);
  });
});

it('tells of all mistakes at once, in reading order', () => {
  const text = exampleWith('rank: admin', 'rank: king')
    .replace('tier: 2', 'tier: two')
    .replace('members: [bo, cy, ana]', 'members: [bo, ci, cy, cy]')
    .replace('conflicts: [payments-off, read-only]', 'conflicts: [payments-off]');
  expect(said(problemsIn(text)).map((line) => line.replace(/^\d+:\d+ /, ''))).toEqual([
    'people.ana.rank: Write `observer`, `responder`, `commander` or `admin`, not `king`.',
    'teams.payments.members[1]: There is no person `ci`. Did you mean `cy`?',
    'teams.payments.members[3]: `cy` is already in this list.',
    'services.search.tier: Write `0`, `1`, `2` or `3`, not `two`.',
    'switches.read-only.conflicts[0]: `payments-later` does not name `read-only` among its conflicts; add it there, so that both sides say so.',
  ]);
});

it('checks the references of an entry that has another mistake', () => {
  const text = exampleWith('policy: payments\n', 'policy: paymets\n').replace('rto: 15m', 'rto: soon');
  expect(problemsIn(text).map(({ path }) => path)).toEqual(['services.checkout.policy', 'services.checkout.rto']);
});

it('does not take a reference to a broken entry for a second mistake', () => {
  const text = exampleWith('name: Cy Okafor', 'nmae: Cy Okafor');
  expect(problemsIn(text).map(({ path }) => path)).toEqual(['people.cy.name', 'people.cy.nmae']);
});
