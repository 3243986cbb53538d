import { describe, expect, it } from 'vitest';
import type { EventShape, Recorded } from '../../src/domain/kernel.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { report } from '../../src/readings/report.ts';
import { NOW } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

/** An event at this minute of its incident. */
function at(minute: number, stream: string, event: EventShape): Recorded {
  return { ...event, position: 1, stream, version: 1, at: NOW + minute * MINUTE_MS, actor: 'person:bo' };
}
const status = (from: string, to: string): EventShape => ({ type: 'incident.status-changed', data: { from, to, reason: null } });
const resolved: EventShape = { type: 'incident.resolved', data: { summary: null, switchesOn: [] } };
const started: EventShape = { type: 'page.started', data: { page: 'x' } };
const ack = (minutes: number): EventShape => ({
  type: 'page.acknowledged',
  data: { page: 'x', person: 'bo', via: 'console', afterMs: minutes * MINUTE_MS },
});

describe('the report', () => {
  it('has nothing to say about nothing', () => {
    expect(report([], NOW)).toEqual({
      sinceAt: NOW,
      incidents: 0,
      drills: 0,
      pages: 0,
      acknowledged: 0,
      exhausted: 0,
      acknowledgeMs: null,
      mitigateMs: null,
      resolveMs: null,
    });
  });

  it('counts pages once, however often they rang again, and measures until somebody had them first', () => {
    const events = [
      at(0, 'incident/1', declaredEvent()),
      at(0, 'page/1-1', started),
      at(4, 'page/1-1', ack(4)),
      at(40, 'page/1-1', ack(40)),
      at(1, 'page/1-2', started),
      at(9, 'page/1-2', { type: 'page.exhausted', data: { page: '1-2', people: [] } }),
    ];
    expect(report(events, NOW)).toMatchObject({ pages: 2, acknowledged: 1, exhausted: 1, acknowledgeMs: 4 * MINUTE_MS });
  });

  it('measures from when the alert says it began to what lasted', () => {
    const events = [
      at(2, 'incident/1', declaredEvent({ startedAt: NOW })),
      at(10, 'incident/1', status('investigating', 'mitigated')),
      at(12, 'incident/1', status('mitigated', 'investigating')),
      at(20, 'incident/1', status('investigating', 'mitigated')),
      at(30, 'incident/1', resolved),
      at(31, 'incident/1', { type: 'incident.reopened', data: { reason: 'it is back' } }),
      at(60, 'incident/1', resolved),
    ];
    expect(report(events, NOW)).toMatchObject({ incidents: 1, mitigateMs: 60 * MINUTE_MS, resolveMs: 60 * MINUTE_MS });
    expect(report(events.slice(0, 5), NOW)).toMatchObject({ mitigateMs: 20 * MINUTE_MS, resolveMs: 30 * MINUTE_MS });
  });

  it('takes the middle one, and leaves drills out', () => {
    const lasting = (number: number, minutes: number, kind: 'incident' | 'drill' = 'incident'): readonly Recorded[] => [
      at(0, `incident/${number}`, declaredEvent({ kind })),
      at(0, `page/${number}-1`, started),
      at(minutes, `incident/${number}`, resolved),
    ];
    const events = [...lasting(1, 10), ...lasting(2, 30), ...lasting(3, 500), ...lasting(4, 1, 'drill'), ...lasting(5, 2, 'drill')];
    expect(report(events, NOW)).toMatchObject({ incidents: 3, drills: 2, pages: 3, resolveMs: 30 * MINUTE_MS });
  });
});
