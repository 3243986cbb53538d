import { describe, expect, it } from 'vitest';
import type { Catalog, Person } from '../../src/domain/catalog.ts';
import type { PageAct } from '../../src/domain/paging/acts.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';
import { around, climbed, started } from '../support/page-past.ts';

const escalate = (level: number, round = 0): PageAct => ({ type: 'page.escalate', page: '42-1', level, round });
const clock = (minutes: number) => ({ now: NOW + minutes * MINUTE_MS, actor: 'clock', states: around() }) as const;

/** People of these ids have no way to be woken. */
function without(...ids: readonly string[]): Catalog {
  const mute = (person: Person): Person => ({ ...person, notify: { high: [], low: [] } });
  const people = Object.fromEntries(
    Object.entries(exampleCatalog.people).map(([id, person]) => [id, ids.includes(id) ? mute(person) : person]),
  );
  return { ...exampleCatalog, people };
}

describe('a page', () => {
  it('keeps its ladder as it was, and rings whoever is on call', () => {
    const { events, effects, state } = started();
    expect(events[0]).toMatchObject({ type: 'page.started', data: { policy: 'payments', repeats: 1, rePageMs: 30 * MINUTE_MS } });
    expect(events[1]?.data).toEqual({
      page: '42-1',
      level: 0,
      round: 0,
      timeoutMs: 5 * MINUTE_MS,
      people: [
        {
          person: 'bo',
          notifications: [
            { id: 'l1-r1-bo-chat-1', pager: 'chat', afterMs: 0 },
            { id: 'l1-r1-bo-email-2', pager: 'email', afterMs: MINUTE_MS },
          ],
        },
      ],
    });
    expect(effects.filter(({ kind }) => kind !== 'room.keep')).toEqual([
      { kind: 'page.notify', page: '42-1', notification: 'l1-r1-bo-chat-1', person: 'bo', pager: 'chat' },
      { kind: 'page.notify', page: '42-1', notification: 'l1-r1-bo-email-2', person: 'bo', pager: 'email', dueAt: NOW + MINUTE_MS },
      { kind: 'ask', act: { ...escalate(0) }, actor: 'clock', dueAt: NOW + 5 * MINUTE_MS },
      { kind: 'room.invite', platform: 'console', incident: 42, people: ['bo'] },
    ]);
    expect(state).toMatchObject({ status: 'active', level: 0, round: 0, escalatesAt: NOW + 5 * MINUTE_MS });
  });

  it('climbs rung by rung, repeats, and is exhausted with the names of everybody on it', () => {
    const story = started()
      .when(escalate(0), clock(5))
      .when(escalate(1), clock(10))
      .when(escalate(2), clock(20))
      .when(escalate(0, 1), clock(25))
      .when(escalate(1, 1), clock(30));
    expect(climbed(story.history)).toEqual([
      '0/0 bo',
      '1/0 bo',
      '2/0 ana',
      '2/0 bo',
      '2/0 cy',
      '0/1 bo',
      '1/1 bo',
      '2/1 ana',
      '2/1 bo',
      '2/1 cy',
    ]);
    const over = story
      .when(escalate(2, 1), clock(40))
      .happens([{ type: 'page.exhausted', data: { page: '42-1', people: ['bo', 'ana', 'cy'] } }]);
    expect(over.state).toMatchObject({ status: 'exhausted', escalatesAt: null });
  });

  it('leaves only the rung the question was about', () => {
    const story = started().when(escalate(0), clock(5));
    story.when(escalate(0), clock(5)).nothingHappens();
    story.when(escalate(1, 1), clock(10)).nothingHappens();
  });

  it('starts once, and not for what is over', () => {
    const story = started();
    expect(
      story.when(
        { type: 'page.start', page: '42-1', incident: 42, policy: 'payments', person: null, urgency: 'high', reason: 'again' },
        clock(1),
      ).events,
    ).toEqual([]);
    started({}, { states: around({ type: 'incident.resolved', data: { summary: null, switchesOn: [] } }) }).nothingHappens();
  });

  it('does not climb for what is over, even before it was told to stop', () => {
    const over = around({ type: 'incident.resolved', data: { summary: null, switchesOn: [] } });
    started()
      .when(escalate(0), { ...clock(5), states: over })
      .nothingHappens();
  });
});

describe('a rung where nobody can be woken', () => {
  it('is passed at once, and said', () => {
    const story = started({}, { catalog: without('bo') });
    expect(story.events.slice(1).map(({ type, data }) => [type, 'why' in data ? data.why : null])).toEqual([
      ['page.level-empty', 'unreachable'],
      ['page.level-empty', 'unreachable'],
      ['page.level-reached', null],
    ]);
    expect(climbed(story.events)).toEqual(['2/0 ana', '2/0 cy']);
    const nobody: Catalog = { ...exampleCatalog, schedules: {} };
    expect(started({}, { catalog: nobody }).events[1]?.data).toMatchObject({
      level: 0,
      why: 'nobody-on-call',
      targets: [{ kind: 'schedule', id: 'payments' }],
    });
  });

  it('ends the page at once when no other is left, with everybody who could be called', () => {
    const { events, state } = started({}, { catalog: without('ana', 'bo', 'cy') });
    expect(events.at(-1)).toEqual({ ...events.at(-1), type: 'page.exhausted', data: { page: '42-1', people: ['bo', 'ana', 'cy'] } });
    expect(events.filter(({ type }) => type === 'page.level-empty')).toHaveLength(3);
    expect(state.status).toBe('exhausted');
  });
});

describe('a page without a policy', () => {
  it('rings one person, three times, and then is loud', () => {
    const direct = started({ policy: 'payments', person: 'cy' });
    expect(direct.events[0]?.data).toMatchObject({ policy: null, repeats: 2, rePageMs: null });
    const story = direct.when(escalate(0), clock(5)).when(escalate(0, 1), clock(10));
    expect(climbed(story.history)).toEqual(['0/0 cy', '0/1 cy', '0/2 cy']);
    story.when(escalate(0, 2), clock(15)).happens([{ type: 'page.exhausted', data: { page: '42-1', people: ['cy'] } }]);
  });

  it('is loud at once when its policy was deleted meanwhile', () => {
    const { events } = started({ policy: 'gone' });
    expect(events.map(({ type }) => type)).toEqual(['page.started', 'page.exhausted']);
  });
});
