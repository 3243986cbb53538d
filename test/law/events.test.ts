import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domains } from '../../src/domain/registry.ts';
import { timeline } from '../../src/readings/timeline.ts';
import { arbitraryOf } from './arbitrary.ts';
import { anyPast, tell } from './past.ts';

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

  it.each(rows)('$type has a line for the timeline, whatever its data', ({ type, row }) => {
    fc.assert(
      fc.property(arbitraryOf(row.data), (data) => {
        const line = row.say(data);
        expect(line.trim()).not.toBe('');
        expect(line).not.toMatch(/undefined|\[object|NaN|\n/);
        expect(timeline([{ type, data, position: 1, version: 1, stream: 'incident/1', at: 0, actor: 'allclear' }])[0]?.text).toBe(line);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it.each(rows)('$type can be brought up from every older shape', ({ row }) => {
    const missing = Array.from({ length: row.schema - 1 }, (_, index) => index + 1).filter((schema) => row.upcast?.[schema] === undefined);
    expect(missing).toEqual([]);
  });

  it.each(domains.map((domain) => ({ domain, kind: domain.kind })))('of a $kind folds after any past, into plain data', ({ domain }) => {
    fc.assert(
      fc.property(anyPast(domain), (past) => {
        const { state } = tell(domain, past);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
