import { describe, expect, it } from 'vitest';
import type { EventCatalogue } from '../../src/domain/kernel.ts';
import { announcedErasure, isErased, REDACTED, redactionEvents } from '../../src/ledger/redaction.ts';

// That this compiles is the proof: the ledger's own events have the shape of a domain's, without importing any.
const catalogue: EventCatalogue = redactionEvents;

describe('entry.redacted', () => {
  const row = redactionEvents[REDACTED];

  it('names a position and gives a short reason', () => {
    expect(catalogue[REDACTED]?.schema).toBe(1);
    expect(row.data.parse({ position: 5, reason: 'a token was pasted' })).toEqual({ position: 5, reason: 'a token was pasted' });
    for (const bad of [{ position: 0, reason: 'x' }, { position: 1.5, reason: 'x' }, { position: 1, reason: '' }, { position: 1 }, {}]) {
      expect(row.data.safeParse(bad).success).toBe(false);
    }
    expect(row.data.safeParse({ position: 1, reason: 'x'.repeat(201) }).success).toBe(false);
  });

  it('says itself in one line', () => {
    expect(row.say({ position: 5, reason: 'a token was pasted' })).toBe('Erased the text of entry 5: a token was pasted');
  });

  it('is read from an entry whatever a later schema adds, and never throws', () => {
    expect(announcedErasure({ type: REDACTED, data: '{"position":5,"reason":"x"}' })).toBe(5);
    expect(announcedErasure({ type: REDACTED, data: '{"by":"person:ana","position":5}' })).toBe(5);
    for (const data of [null, 'no json', 'null', '[]', '{"position":"5"}', '{"position":-1}', '{}']) {
      expect(announcedErasure({ type: REDACTED, data })).toBeNull();
    }
    expect(announcedErasure({ type: 'incident.noted', data: '{"position":5}' })).toBeNull();
  });

  it('tells an erased payload from a whole one', () => {
    expect(isErased({ salt: null, data: null })).toBe(true);
    expect(isErased({ salt: '00', data: '{}' })).toBe(false);
    expect(isErased({ salt: null, data: '{}' })).toBe(false);
  });
});
