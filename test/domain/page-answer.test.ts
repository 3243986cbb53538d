import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import type { PageAct } from '../../src/domain/paging/acts.ts';
import { pageDomain } from '../../src/domain/paging/domain.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { given, NOW } from '../support/given.ts';
import { ack, around, climbed, started } from '../support/page-past.ts';

const now = (minutes: number) => NOW + minutes * MINUTE_MS;
const bo = (minutes: number) => ({ now: now(minutes), actor: 'person:bo' }) as const;
const stop: PageAct = { type: 'page.stop', page: '42-1', reason: 'the incident is resolved' };
const escalateNow: PageAct = { type: 'page.escalate-now', page: '42-1' };
const rearm = (minutes: number): PageAct => ({ type: 'page.rearm', page: '42-1', acknowledgedAt: now(minutes) });
const mitigated: IncidentEvent = { type: 'incident.status-changed', data: { from: 'investigating', to: 'mitigated', reason: null } };
const regraded = (to: string): IncidentEvent => ({
  type: 'incident.regraded',
  data: { from: 'sev3', to, worse: true, updateEveryMs: null },
});

describe('an acknowledgement', () => {
  it('names who has it and after how long, and ends the climb', () => {
    const story = started().when(ack, bo(3));
    story.happens([{ type: 'page.acknowledged', data: { page: '42-1', person: 'bo', via: 'console', afterMs: 3 * MINUTE_MS } }]);
    story
      .when({ type: 'page.escalate', page: '42-1', level: 0, round: 0 }, { now: now(5), actor: 'clock', states: around() })
      .nothingHappens();
    expect(story.effects.slice(0, 3)).toEqual([
      { kind: 'ask', act: { type: 'incident.begin', incident: 42 } },
      { kind: 'ask', act: { type: 'page.rearm', page: '42-1', acknowledgedAt: now(3) }, actor: 'clock', dueAt: now(33) },
      { kind: 'room.invite', platform: 'console', incident: 42, people: ['bo'] },
    ]);
  });

  it('is possible after the page is exhausted, and by anybody', () => {
    const direct = started({ person: 'cy' });
    const exhausted = [0, 1, 2].reduce(
      (story, round) =>
        story.when({ type: 'page.escalate', page: '42-1', level: 0, round }, { now: now(5), actor: 'clock', states: around() }),
      direct,
    );
    expect(exhausted.state.status).toBe('exhausted');
    expect(exhausted.when(ack, { now: now(20), actor: 'person:ana' }).state).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'ana',
    });
  });

  it('is refused twice, after the end, by machines, and where there is no page', () => {
    started().when(ack, bo(1)).when(ack, { actor: 'person:cy' }).refused('page_acknowledged', { page: '42-1', person: '<@bo>' });
    started().when(stop).when(ack, bo(2)).refused('page_over', { page: '42-1', status: 'stopped' });
    started().when(ack, { actor: 'allclear' }).refused('only_people_acknowledge');
    given(pageDomain, 'page/42-1').when(ack, bo(1)).refused('no_such_page', { page: '42-1' });
  });

  it('never claims to have come before the page, whatever the clock did', () => {
    expect(started().when(ack, bo(-30)).events[0]?.data).toMatchObject({ afterMs: 0 });
  });
});

describe('escalating now', () => {
  it('does not wait for the timer', () => {
    expect(climbed(started().when(escalateNow, { states: around() }).events)).toEqual(['1/0 bo']);
  });

  it('is refused when somebody has it, or nothing rings', () => {
    started().when(ack, bo(1)).when(escalateNow, { states: around() }).refused('page_acknowledged');
    started().when(stop).when(escalateNow, { states: around() }).refused('page_over');
    const over = around({ type: 'incident.canceled', data: { reason: 'a test' } });
    started().when(escalateNow, { states: over }).refused('page_over');
  });
});

describe('paging again', () => {
  const asked = (...more: readonly IncidentEvent[]) => ({ now: now(33), actor: 'clock', states: around(...more) }) as const;

  it('begins at the foot of the ladder when it is still not mitigated', () => {
    const story = started().when(ack, bo(3)).when(rearm(3), asked());
    expect(story.events[0]).toMatchObject({ type: 'page.rearmed', data: { person: 'bo' } });
    expect(climbed(story.events)).toEqual(['0/1 bo']);
    expect(story.state).toMatchObject({ status: 'active', acknowledgedBy: null, firstRound: 1 });
    // The foot of the ladder speaks for itself: one message, not two.
    expect(story.effects.filter(({ kind }) => kind === 'room.say')).toEqual([
      { kind: 'room.say', platform: 'console', incident: 42, message: 'page-rearmed' },
    ]);
  });

  it('climbs the whole ladder again, as often as the policy repeats', () => {
    let story = started().when(ack, bo(3)).when(rearm(3), asked());
    for (let minute = 40; story.state.escalatesAt !== null; minute += 10) {
      const { level, round } = story.state;
      story = story.when({ type: 'page.escalate', page: '42-1', level, round }, { ...asked(), now: now(minute) });
    }
    expect(climbed(story.history).filter((rung) => rung.startsWith('2/'))).toHaveLength(6);
    expect(story.state).toMatchObject({ status: 'exhausted', level: 2, round: 2 });
  });

  it('does not happen when it is mitigated, over, stopped, or acknowledged anew', () => {
    const story = started().when(ack, bo(3));
    story.when(rearm(3), asked(mitigated)).nothingHappens();
    story.when(rearm(3), asked({ type: 'incident.canceled', data: { reason: 'a test' } })).nothingHappens();
    story.when(stop).when(rearm(3), asked()).nothingHappens();
    story.when(rearm(3), asked()).when(ack, bo(34)).when(rearm(3), asked()).nothingHappens();
    started().when(rearm(3), asked()).nothingHappens();
  });
});

describe('an incident that got worse', () => {
  const raise: PageAct = { type: 'page.raise', page: '42-1' };
  const asked = (to: string) => ({ now: now(2), actor: 'allclear', states: around(regraded(to)) }) as const;

  it('rings louder on the rung where it is, and the quiet timer counts no more', () => {
    const story = started({ urgency: 'low' }).when(raise, asked('sev1'));
    expect(story.events[0]).toMatchObject({ type: 'page.raised', data: { urgency: 'high' } });
    expect(climbed(story.events)).toEqual(['0/1 bo']);
    expect(story.effects.filter(({ kind }) => kind === 'page.notify')).toHaveLength(2);
    const quiet: PageAct = { type: 'page.escalate', page: '42-1', level: 0, round: 0 };
    story.when(quiet, { now: now(5), actor: 'clock', states: around() }).nothingHappens();
    expect(story.state).toMatchObject({ round: 1, firstRound: 1, repeats: 1 });
  });

  it('changes nothing for a page that is loud, that somebody has, or while the severity stays quiet', () => {
    started().when(raise, asked('sev1')).nothingHappens();
    started({ urgency: 'low' }).when(raise, asked('sev3')).nothingHappens();
    started({ urgency: 'low' }).when(ack, bo(1)).when(raise, asked('sev1')).nothingHappens();
  });
});

describe('stopping', () => {
  it('ends it for good, once', () => {
    const story = started()
      .when(stop)
      .happens([{ type: 'page.stopped', data: { page: '42-1', reason: 'the incident is resolved' } }]);
    story.when(stop).nothingHappens();
    story.when({ type: 'page.escalate', page: '42-1', level: 0, round: 0 }, { states: around() }).nothingHappens();
  });
});
