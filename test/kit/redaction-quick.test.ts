import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact } from '../../src/kit/redaction.ts';

/** For each pattern about the shortest text it finds something in, with as little else in it as can be. */
const SHORTEST = [
  ...['xoxb-12345678', 'xapp-12345678', 'eyJabcdef.a', 'sk-1234567890abcdef', 'whsec_1234567890abcdef', 'AKIA1234567890ABCDEF'],
  ...['discord.com/api/webhooks/1/abcdefghi1', 'https://hooks.slack.com/abcdefghij', 'bearer abcd1234', 'Basic dTpwdzE=', 'cookie: a=bcd1'],
  ...['a://b:c1@d', 'a://b:c@', '-u a:b1', '--user=a:b1', 'pass=a1', 'pwd=a1', 'pw=a1', 'psk=a1', 'passwd=a1', 'kennwort=a1', 'secret=a1'],
  ...['token=a1', 'api_key=a1', 'auth-key=a1', 'credential=a1', 'credentials: ab12', 'sig=a1', 'dsn=a1', 'session_id=a1', 'session-id=a1'],
  ...['connection_string=a1', '<secret>a1', 'passwort: ab12', 'pw is ab12', '--db-pw ab1', '-----BEGIN X-----\nab==', '-----BEGIN '],
];
/** What is the beginning of many secrets and no secret itself. */
const PIECES = [
  'xoxb-',
  'eyJ',
  '://',
  '-u ',
  '--',
  'pw',
  'sig',
  'key',
  ' is ',
  '=',
  ':',
  '@',
  '"',
  '\n',
  ' ',
  '.',
  '/',
  'the graph went up',
  'abc1',
  'Z9k',
];
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...SHORTEST), fc.stringMatching(/^[\w.+/-]{1,40}$/));
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));

it.each(SHORTEST)('hides something in %j', (secret) => expect(redact(secret)).toContain('[redacted: '));

it('a quick look spares only texts in which the patterns find nothing', () => {
  fc.assert(
    fc.property(text, (said) => {
      fc.pre(!said.includes('-----'));
      // The dashes make any text suspicious and mean nothing at its end.
      expect(redact(said)).toBe(redact(`${said}\n-----`).slice(0, -'\n-----'.length));
    }),
    { numRuns: 5_000 },
  );
});
