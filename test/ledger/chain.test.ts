import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/kit/canonical-json.ts';
import { chain, chainAll, digestOf, type Fact, type Header, hashOf, headerText, seal } from '../../src/ledger/chain.ts';
import { GENESIS } from '../../src/ledger/entry.ts';
import { salt } from './sample-ledger.ts';

const fact: Fact = {
  stream: 'incident/42',
  version: 1,
  type: 'incident.declared',
  schema: 1,
  incident: 42,
  at: 1_780_000_000_000,
  actor: 'person:ana',
  cause: salt(7),
  data: { title: 'Checkout is down', severity: null },
};

const text = fc.string({ unit: 'grapheme' });
const count = fc.maxSafeNat();
const anyHeader: fc.Arbitrary<Header> = fc.record({
  position: count,
  stream: text,
  version: count,
  type: text,
  schema: count,
  incident: fc.option(count),
  at: fc.maxSafeInteger(),
  actor: text,
  cause: text,
  digest: text,
  previous: text,
});

describe('seal', () => {
  it('writes the data as canonical JSON beside its salt', () => {
    expect(seal(fact, salt(1))).toEqual({ ...fact, salt: salt(1), data: '{"severity":null,"title":"Checkout is down"}' });
  });

  it('refuses a salt that is not 32 hexadecimal digits, and data that is no JSON', () => {
    expect(() => seal(fact, 'short')).toThrow('32 lower-case hexadecimal');
    expect(() => seal(fact, 'A'.repeat(32))).toThrow('32 lower-case hexadecimal');
    expect(() => seal({ ...fact, data: { when: new Date(0) } }, salt(1))).toThrow(TypeError);
  });
});

describe('headerText', () => {
  it('is the canonical JSON of the header, whatever the header holds', () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        expect(headerText(header)).toBe(canonicalJson(header));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('chain', () => {
  const first = chain(GENESIS, seal(fact, salt(1)));

  it('gives the first entry position 1 after 64 zeros', () => {
    expect(first).toMatchObject({ position: 1, previous: '0'.repeat(64), stream: 'incident/42', salt: salt(1) });
  });

  it('hashes as documented, so that another program can do the same', () => {
    const sha256 = (input: string): string => createHash('sha256').update(input, 'utf8').digest('hex');
    const { salt: ownSalt, data, hash, ...header } = first;
    expect(first.digest).toBe(sha256(`allclear/v1 data\n${ownSalt}\n${data}`));
    expect(hash).toBe(sha256(`allclear/v1 entry\n${canonicalJson(header)}`));
  });

  it('never changes how it hashes: a ledger written today is verified in ten years', () => {
    expect(first.digest).toBe('89dd66d033e26c382bbc8481c20f1746ed1e403ab94cec175b5368dfadf7f0ea');
    expect(first.hash).toBe('f9cc463d1ac43b92851f35e3cea64aef1e7fd7866bf76a128ea7280503f71136');
  });

  it('links each entry to the one before', () => {
    const entries = chainAll(
      GENESIS,
      [1, 2, 3].map((version) => seal({ ...fact, version }, salt(version))),
    );
    expect(entries.map((entry) => entry.position)).toEqual([1, 2, 3]);
    expect(entries.map((entry) => entry.previous)).toEqual([GENESIS.hash, entries[0]?.hash, entries[1]?.hash]);
    expect(chain(entries[1] ?? GENESIS, seal({ ...fact, version: 3 }, salt(3)))).toEqual(entries[2]);
  });

  it('hides equal data behind different salts', () => {
    expect(digestOf(salt(1), '{}')).not.toBe(digestOf(salt(2), '{}'));
  });

  it('covers every field of the header', () => {
    const { salt: _salt, data: _data, hash: _hash, ...header } = first;
    const hashes = Object.keys(header).map((field) => hashOf({ ...header, [field]: 'changed' }));
    expect(new Set([first.hash, ...hashes]).size).toBe(Object.keys(header).length + 1);
  });
});
