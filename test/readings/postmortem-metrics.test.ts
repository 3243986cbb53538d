import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { postmortemModel } from '../../src/readings/postmortem.ts';
import {
  acknowledged,
  declared,
  levelReached,
  pageStarted,
  postmortemInput,
  resolved,
  type StoryEvent,
  status,
  TROUBLE_AT,
} from '../support/postmortem-story.ts';

function measured(story: readonly StoryEvent[]): Record<string, number | string | null> {
  const { metrics } = postmortemModel(postmortemInput(story));
  return Object.fromEntries(metrics.map(({ short, ms, missing }) => [short, ms === null ? missing : ms / MINUTE_MS]));
}
const reopened = (atMinute: number): StoryEvent => ({
  atMinute,
  by: 'person:bo',
  type: 'incident.reopened',
  data: { reason: 'it is back' },
});

describe('times to detect, acknowledge, mitigate and resolve', () => {
  const whole = [
    declared(4),
    pageStarted(5),
    levelReached(5, 0, 'bo'),
    acknowledged(7, 'bo'),
    status(20, 'investigating', 'mitigated'),
    resolved(45),
  ];

  it('are measured from the trouble, or from the declaration for the acknowledgement', () => {
    expect(measured(whole)).toEqual({ TTD: 4, TTA: 3, TTM: 20, TTR: 45 });
  });

  it('name the entries they come from', () => {
    const { metrics } = postmortemModel(postmortemInput(whole));
    expect(metrics[0]).toMatchObject({
      from: { label: 'trouble began', at: TROUBLE_AT, position: 10 },
      to: { label: 'declared', position: 10 },
    });
    expect(metrics[1]).toMatchObject({ from: { position: 10 }, to: { label: 'first acknowledged', position: 40 } });
    expect(metrics[2]).toMatchObject({ from: { position: 10 }, to: { label: 'mitigated', position: 50 } });
    expect(metrics[3]).toMatchObject({ from: { position: 10 }, to: { label: 'resolved', position: 60 } });
  });

  it('begin with the declaration when no alert knows better', () => {
    const story = [declared(4, { startedAt: null }), status(20, 'investigating', 'mitigated'), resolved(45)];
    expect(measured(story)).toEqual({
      TTD: 'no alert said when the trouble began',
      TTA: 'nobody acknowledged a page',
      TTM: 16,
      TTR: 41,
    });
  });

  it('say what is missing while it goes on', () => {
    expect(measured([declared(4)])).toMatchObject({ TTM: 'it is not mitigated', TTR: 'it is not resolved' });
  });

  it('count only what lasted', () => {
    const twice = [
      declared(4),
      status(10, 'investigating', 'mitigated'),
      status(12, 'mitigated', 'investigating'),
      status(30, 'investigating', 'mitigated'),
    ];
    expect(measured(twice)).toMatchObject({ TTM: 30 });
    expect(measured(twice.slice(0, 3))).toMatchObject({ TTM: 'it is not mitigated' });
    expect(measured([...twice, resolved(40), reopened(50)])).toMatchObject({ TTM: 'it is not mitigated', TTR: 'it is not resolved' });
    expect(measured([...twice, resolved(40), reopened(50), resolved(60)])).toMatchObject({ TTM: 60, TTR: 60 });
  });

  it('take resolving without mitigating as both', () => {
    expect(measured([declared(4), resolved(9)])).toMatchObject({ TTM: 9, TTR: 9 });
  });

  it('are never negative, whatever the alert clock said', () => {
    expect(measured([declared(4, { startedAt: TROUBLE_AT + 10 * MINUTE_MS })])).toMatchObject({ TTD: 0 });
  });
});

describe('the recovery time objective', () => {
  const rto = (story: readonly StoryEvent[]) => postmortemModel(postmortemInput(story)).rto;

  it('is met, missed or open', () => {
    expect(rto([declared(4), status(15, 'investigating', 'mitigated')])).toEqual({ ms: 15 * MINUTE_MS, isMet: true });
    expect(rto([declared(4), status(15.1, 'investigating', 'mitigated')])).toEqual({ ms: 15 * MINUTE_MS, isMet: false });
    expect(rto([declared(4)])).toEqual({ ms: 15 * MINUTE_MS, isMet: null });
    expect(rto([declared(4, { rtoMs: null })])).toBeNull();
  });
});
