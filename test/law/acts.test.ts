import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domains } from '../../src/domain/registry.ts';
import { arbitraryOf } from './arbitrary.ts';

const rows = domains.flatMap((domain) => Object.entries(domain.acts).map(([type, row]) => ({ type, row, kind: domain.kind })));

describe('every act', () => {
  it('has a name of its own: a noun, a dot, and what is asked', () => {
    const types = rows.map(({ type }) => type);
    expect(types.length).toBeGreaterThan(0);
    expect(types.filter((type) => !/^[a-z]+\.[a-z]+(?:-[a-z]+)*$/.test(type))).toEqual([]);
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
  });

  it.each(rows)('$type is decided by a stream of its own kind', ({ row, kind }) => {
    fc.assert(
      fc.property(arbitraryOf(row.data), (data) => {
        expect(row.stream(data)).toMatch(new RegExp(`^${kind}/\\S+$`));
      }),
      { numRuns: 20, seed: 1 },
    );
  });
});
