import { describe, expect, it } from 'vitest';
import { type Upcastable, upcast } from '../../src/ledger/upcast.ts';

const catalogue: Readonly<Record<string, Upcastable>> = {
  'incident.declared': {
    schema: 3,
    upcast: {
      1: (data) => ({ title: (data as { name: string }).name }),
      2: (data) => ({ ...(data as { title: string }), severity: null }),
    },
  },
  'incident.noted': { schema: 2 },
  'incident.closed': { schema: 1 },
};

describe('upcast', () => {
  it('raises old data step by step', () => {
    const today = { title: 'Checkout is down', severity: null };
    expect(upcast(catalogue, 'incident.declared', 1, { name: 'Checkout is down' })).toEqual(today);
    expect(upcast(catalogue, 'incident.declared', 2, { title: 'Checkout is down' })).toEqual(today);
  });

  it('leaves data of today as it is', () => {
    const data = { title: 'x' };
    expect(upcast(catalogue, 'incident.declared', 3, data)).toBe(data);
    expect(upcast(catalogue, 'incident.closed', 1, data)).toBe(data);
  });

  it('throws for an event this release does not know, also one named like a method of objects', () => {
    expect(() => upcast(catalogue, 'incident.vanished', 1, {})).toThrow('no event of type incident.vanished');
    expect(() => upcast(catalogue, 'toString', 1, {})).toThrow('no event of type toString');
  });

  it('throws for data written by a later release', () => {
    expect(() => upcast(catalogue, 'incident.closed', 2, {})).toThrow('newer than this release');
  });

  it('throws when a step is missing', () => {
    expect(() => upcast(catalogue, 'incident.noted', 1, {})).toThrow('no upcast of incident.noted from schema 1');
  });
});
