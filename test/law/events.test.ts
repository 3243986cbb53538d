import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domains } from '../../src/domain/registry.ts';
import { arbitraryOf } from './arbitrary.ts';

const rows = domains.flatMap((domain) => Object.entries(domain.events).map(([type, row]) => ({ type, row, domain })));

describe('every event', () => {
  it('is told of by some domain', () => {
    expect(rows.length).toBeGreaterThan(0);
  });

  it('has a name of its own: a noun, a dot, and what became true', () => {
    const types = rows.map(({ type }) => type);
    expect(types.filter((type) => !/^[a-z]+\.[a-z]+(?:-[a-z]+)*$/.test(type))).toEqual([]);
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
  });

  it.each(rows)('$type has a line for the timeline, whatever its data', ({ row }) => {
    fc.assert(
      fc.property(arbitraryOf(row.data), (data) => {
        const line = row.say(data);
        expect(line.trim()).not.toBe('');
        expect(line).not.toMatch(/undefined|\[object|NaN|\n/);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it.each(rows)('$type can be brought up from every older shape', ({ row }) => {
    const missing = Array.from({ length: row.schema - 1 }, (_, index) => index + 1).filter((schema) => row.upcast?.[schema] === undefined);
    expect(missing).toEqual([]);
  });

  it.each(domains.map((domain) => ({ domain, kind: domain.kind })))(
    '$kind folds any past, and its promises follow from it',
    ({ domain }) => {
      const shapes = Object.entries(domain.events).map(([type, row]) => arbitraryOf(row.data).map((data) => ({ type, data })));
      const stream = `${domain.kind}/1`;
      fc.assert(
        fc.property(fc.array(fc.oneof(...shapes), { minLength: 1, maxLength: 12 }), (past) => {
          let state = domain.initial(stream);
          for (const [index, event] of past.entries()) {
            const recorded = { ...event, position: index + 1, version: index + 1, stream, at: index * 1_000, actor: 'allclear' as const };
            state = domain.evolve(state, recorded);
            domain.react(recorded, state);
          }
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        }),
        { numRuns: 100, seed: 1 },
      );
    },
  );
});
