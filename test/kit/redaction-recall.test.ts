import { expect, it } from 'vitest';
import { redact } from '../../src/kit/redaction.ts';

/** Mulberry32: small, and the same secrets on every run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
type Roll = ReturnType<typeof dice>;

const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const LETTERS = SMALL + SMALL.toUpperCase();
const WORD = LETTERS + DIGITS;
const BASE64 = `${WORD}+/`;
const BASE64URL = `${WORD}-_`;
const BASE32 = `${SMALL.toUpperCase()}234567`;
/** What people put into passwords, without what ends a word in every syntax. */
const TYPED = `${WORD}!#$%*+-.:=?@^_~`;

const some = (roll: Roll, letters: string, length: number): string => Array.from({ length }, () => letters[roll(letters.length)]).join('');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Secrets that give themselves away, wherever they stand: what is public of them, then what is not. */
const SHAPED: Readonly<Record<string, (roll: Roll) => readonly [open: string, hidden: string]>> = {
  'slack bot': (roll) => ['xoxb-', `${some(roll, DIGITS, 12)}-${some(roll, DIGITS, 13)}-${some(roll, WORD, 24)}`],
  'slack user': (roll) => ['xoxp-', `${some(roll, DIGITS, 12)}-${some(roll, DIGITS, 12)}-${some(roll, HEX, 32)}`],
  'slack app': (roll) => ['xapp-', `1-A${some(roll, BASE32, 10)}-${some(roll, DIGITS, 13)}-${some(roll, HEX, 64)}`],
  'github classic': (roll) => ['ghp_', some(roll, WORD, 36)],
  'github app': (roll) => ['ghs_', some(roll, WORD, 36)],
  'github fine-grained': (roll) => ['github_pat_', `${some(roll, WORD, 22)}_${some(roll, WORD, 59)}`],
  gitlab: (roll) => ['glpat-', some(roll, BASE64URL, 20)],
  aws: (roll) => [['AKIA', 'ASIA'][roll(2)] as string, some(roll, BASE32, 16)],
  openai: (roll) => ['sk-', `proj-${some(roll, BASE64URL, 48)}`],
  anthropic: (roll) => ['sk-', `ant-api03-${some(roll, BASE64URL, 93)}AA`],
  stripe: (roll) => [['sk_live_', 'rk_live_', 'sk_test_'][roll(3)] as string, some(roll, WORD, 24)],
  google: (roll) => ['AIza', some(roll, BASE64URL, 35)],
  npm: (roll) => ['npm_', some(roll, WORD, 36)],
  sendgrid: (roll) => ['SG.', `${some(roll, BASE64URL, 22)}.${some(roll, BASE64URL, 43)}`],
  discord: (roll) => ['', `M${some(roll, WORD, 25)}.${some(roll, BASE64URL, 6)}.${some(roll, BASE64URL, 38)}`],
  jwt: (roll) => ['', `${base64('{"alg":"HS256"}').replace(/=/g, '')}.${some(roll, BASE64URL, 60)}.${some(roll, BASE64URL, 43)}`],
  vault: (roll) => ['hvs.', some(roll, BASE64URL, 24)],
  telegram: (roll) => ['', `${some(roll, '123456789', 10)}:AA${some(roll, BASE64URL, 33)}`],
  'random base64': (roll) => ['', some(roll, BASE64, 40 + roll(24))],
  'random base64url': (roll) => ['', some(roll, BASE64URL, 43)],
  'random small and digits': (roll) => ['', some(roll, SMALL + DIGITS, 40)],
  'random base32': (roll) => ['', some(roll, BASE32, 52)],
  'random hexadecimal, 48 digits': (roll) => ['', some(roll, HEX, 48)],
};

/** Where people paste them. */
const PLACES: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `we use ${secret} for the deploy, please rotate`,
  (secret) => `{"level":"error","value":"${secret}","at":12}`,
  (secret) => `curl -X POST https://api.example.org/v1/jobs -H 'X-Thing: ${secret}' -d '{}'`,
  (secret) => `\`\`\`\nFOO=1\nVALUE=${secret}\nBAR=2\n\`\`\``,
  (secret) => `(${secret})`,
  (secret) => `see <${secret}>, it leaked`,
  (secret) => `https://api.example.org/jobs?x=1&k=${secret}&y=2`,
  (secret) => `${'The checkout is slow again and nobody knows why. '.repeat(400)}${secret} ${'Still slow. '.repeat(50)}`,
];

/** Passwords of people look like nothing in particular: only their place gives them away. */
const NAMED: readonly ((secret: string) => string)[] = [
  (secret) => `password=${secret}`,
  (secret) => `export DB_PASSWORD='${secret}'`,
  (secret) => `{"user":"app","password":"${secret}","port":5432}`,
  (secret) => JSON.stringify({ body: JSON.stringify({ password: secret }) }),
  (secret) => `password: ${secret}`,
  (secret) => `  clientSecret: "${secret}"\n  replicas: 3`,
  (secret) => `mysqldump --user app --password ${secret} shop > shop.sql`,
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => `-H "Authorization: Basic ${base64(`app:${secret}`)}"`,
  (secret) => `<db><password>${secret}</password></db>`,
  (secret) => `api_key = "${secret}"`,
  (secret) => `X-Api-Key: ${secret}`,
  (secret) => `the admin password is ${secret} until tomorrow`,
  (secret) => `AccountKey=${secret};EndpointSuffix=core.example.net`,
  (secret) => `SECRET_KEY_BASE: '${secret}'`,
  (secret) => `https://example.org/reset?user=ana&token=${encodeURIComponent(secret)}`,
  (secret) => `postgres://app:${encodeURIComponent(secret)}@db.example.org:5432/shop`,
  (secret) => `curl -u app:${secret} https://api.example.org/`,
];

function armour(roll: Roll): string {
  return Array.from({ length: 12 }, () => some(roll, BASE64, 64)).join('\n');
}

interface Sample {
  readonly kind: string;
  readonly text: string;
  readonly hidden: string;
}

function samples(roll: Roll, count: number): readonly Sample[] {
  const shaped = Object.entries(SHAPED);
  return Array.from({ length: count }, (_, index): Sample => {
    const which = index % (shaped.length + NAMED.length + 1);
    const [kind, make] = shaped[which] ?? ['', null];
    if (make !== null) {
      const [open, hidden] = make(roll);
      const place = PLACES[roll(PLACES.length)] as (secret: string) => string;
      return { kind, text: place(open + hidden), hidden };
    }
    const named = NAMED[which - shaped.length];
    if (named === undefined) {
      const hidden = armour(roll);
      return { kind: 'pem', text: `it was\n-----BEGIN PRIVATE KEY-----\n${hidden}\n-----END PRIVATE KEY-----\nright?`, hidden };
    }
    // A letter and a digit, because "password: sunny" in the middle of a line is left to people.
    const hidden = `${some(roll, LETTERS, 1)}${some(roll, TYPED, 8 + roll(16))}${some(roll, DIGITS, 1)}`;
    return { kind: named('SECRET'), text: named(hidden), hidden };
  });
}

/** True when eight letters in a row of the secret can still be read. */
function leaks({ hidden, text }: Sample): boolean {
  const left = redact(text);
  const forms = [hidden, encodeURIComponent(hidden), base64(`app:${hidden}`)];
  return forms.some((form) =>
    Array.from({ length: form.length - 7 }, (_, at) => form.slice(at, at + 8)).some((part) => left.includes(part)),
  );
}

it.each([1, 2, 3])('hides at least 99 % of 1,000 generated secrets in more than 20 formats (seed %i)', (seed) => {
  const all = samples(dice(seed), 1_000);
  expect(new Set(all.map((sample) => sample.kind)).size).toBeGreaterThan(20);
  const leaked = all.filter(leaks);
  const listed = leaked.map((sample) => `${sample.kind}: ${sample.text.slice(-200)} -> ${redact(sample.text).slice(-200)}`);
  expect(listed.length, listed.join('\n')).toBeLessThanOrEqual(10);
});

it('leaves the text around a secret as it was', () => {
  for (const sample of samples(dice(4), 1_000)) {
    const marks = redact(sample.text).split(/\[redacted: [a-z ]+\]/);
    let from = 0;
    for (const part of marks) {
      const at = sample.text.indexOf(part, from);
      expect(at, sample.text).toBeGreaterThanOrEqual(from);
      from = at + part.length;
    }
    expect(marks.at(0) === '' || sample.text.startsWith(marks.at(0) as string)).toBe(true);
    expect(sample.text.endsWith(marks.at(-1) as string)).toBe(true);
  }
});
