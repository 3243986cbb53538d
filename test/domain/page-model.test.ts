import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Severity } from '../../src/domain/catalog.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import type { PageAct } from '../../src/domain/paging/acts.ts';
import type { PageEvent } from '../../src/domain/paging/events.ts';
import type { PageState } from '../../src/domain/paging/state.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';
import { around, type PageStory, started } from '../support/page-past.ts';

const page = '42-1';
const NOTIFICATIONS = ['bo', 'ana', 'cy'].flatMap((person) =>
  [1, 2, 3].flatMap((level) => ['chat-1', 'email-2', 'email-1'].map((pager) => `l${level}-r1-${person}-${pager}`)),
);

/** Anything anybody or anything could ask of a page, in any order, also what is long out of date. */
const anyAct: fc.Arbitrary<PageAct> = fc.oneof(
  fc.record({ level: fc.nat(3), round: fc.nat(4) }).map((rung): PageAct => ({ type: 'page.escalate', page, ...rung })),
  fc.constant<PageAct>({ type: 'page.escalate-now', page }),
  fc.constant<PageAct>({ type: 'page.acknowledge', page, via: 'console' }),
  fc.constantFrom(...NOTIFICATIONS).map((notification): PageAct => ({ type: 'page.delivered', page, notification })),
  fc
    .constantFrom(...NOTIFICATIONS)
    .map((notification): PageAct => ({ type: 'page.undelivered', page, notification, reason: 'client', detail: 'dead' })),
  fc.nat(30).map((minute): PageAct => ({ type: 'page.rearm', page, acknowledgedAt: NOW + minute * MINUTE_MS })),
  fc.constant<PageAct>({ type: 'page.raise', page }),
  fc.constant<PageAct>({ type: 'page.stop', page, reason: 'over' }),
);
const mitigated: IncidentEvent = { type: 'incident.status-changed', data: { from: 'investigating', to: 'mitigated', reason: null } };
const resolved: IncidentEvent = { type: 'incident.resolved', data: { summary: null, switchesOn: [] } };
const surroundings = fc.constantFrom<readonly IncidentEvent[]>([], [], [mitigated], [resolved]);
const steps = fc.array(fc.record({ act: anyAct, incident: surroundings, person: fc.constantFrom('ana', 'bo', 'cy') }), { maxLength: 25 });

function tell(story: PageStory, told: Step, minute: number): PageStory {
  const { act, incident, person } = told;
  const isHuman = act.type === 'page.acknowledge' || act.type === 'page.escalate-now';
  return story.when(act, { now: NOW + minute * MINUTE_MS, actor: isHuman ? `person:${person}` : 'clock', states: around(...incident) });
}
interface Step {
  readonly act: PageAct;
  readonly incident: readonly IncidentEvent[];
  readonly person: string;
}

describe('a page, whatever is asked of it', () => {
  it('stands on one rung, only climbs, and never after somebody has it', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom('high', 'low'), (acts, urgency: Severity['urgency']) => {
        const story = acts.reduce(tell, started({ urgency }));
        expectClimb(story.history, story.state);
      }),
      { numRuns: 250 },
    );
  });

  it('does nothing any more once its incident is over, except to be answered or stopped', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const story = before.reduce(tell, started());
        const over = after.map((step) => ({ ...step, incident: [resolved] })).reduce(tell, story);
        expect(over.history.slice(story.history.length).filter(({ type }) => type === 'page.level-reached')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('ends by itself when nobody ever answers: every timer is asked, and nothing is owed any more', () => {
    const levels = exampleCatalog.policies['payments']?.levels.length ?? 0;
    let story = started();
    let asked = 0;
    for (; story.state.escalatesAt !== null; asked += 1) {
      const { level, round, escalatesAt } = story.state;
      story = story.when({ type: 'page.escalate', page, level, round }, { now: escalatesAt ?? NOW, actor: 'clock', states: around() });
    }
    expect(story.state.status).toBe('exhausted');
    expect(asked).toBe(2 * levels);
  });
});

function expectClimb(history: readonly PageEvent[], state: PageState): void {
  let ringing = false;
  let last = -1;
  for (const { type, data } of history) {
    if (type === 'page.started' || type === 'page.rearmed') ringing = true;
    if (type === 'page.level-reached') {
      expect(ringing, 'climbs only while it rings').toBe(true);
      expect(data.level).toBeLessThan(state.levels.length);
      const height = data.round * state.levels.length + data.level;
      expect(height, 'only climbs').toBeGreaterThan(last);
      last = height;
    }
    if (type === 'page.acknowledged' || type === 'page.exhausted' || type === 'page.stopped') ringing = false;
  }
  expect(state.status === 'active').toBe(ringing);
  expect(state.escalatesAt !== null, 'a timer is owed exactly while it rings').toBe(ringing);
  expect(state.acknowledgedBy !== null).toBe(state.acknowledgedAt !== null);
}
