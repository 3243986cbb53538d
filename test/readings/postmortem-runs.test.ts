import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/domain/runbooks/events.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { postmortemModel } from '../../src/readings/postmortem.ts';
import { declared, postmortemInput, type StoryEvent } from '../support/postmortem-story.ts';

function run(...story: StoryEvent[]) {
  return postmortemModel(postmortemInput([declared(0), ...story])).runs;
}
type Started = Extract<RunEvent, { type: 'run.started' }>['data'];
function started(atMinute: number, title = 'Recover in 15'): StoryEvent {
  const copy = (id: string, budgetMs: number | null): Started['steps'][number] => {
    return { id, title: `Step ${id}`, prose: '', budgetMs, retries: 0, when: null, approve: null, does: { do: 'manual' }, line: 1 };
  };
  const steps = [copy('a', MINUTE_MS), copy('b', MINUTE_MS), copy('c', null), copy('d', null)];
  const checkpoints = [{ id: 'T+5', afterMs: 5 * MINUTE_MS, question: 'Go on?', options: [] }];
  const data = {
    incident: 42,
    runbook: 'recover',
    title,
    file: 'x.md',
    clockMs: 15 * MINUTE_MS,
    dry: false,
    platforms: [],
    steps,
    checkpoints,
  };
  return { atMinute, by: 'person:bo', type: 'run.started', data };
}
function begun(atMinute: number, step: string, attempt = 1): StoryEvent {
  return { atMinute, type: 'run.step-started', data: { step, title: step, attempt, elapsedMs: 0 } };
}
const step = (id: string) => ({ step: id, title: id });

describe('a runbook that was followed', () => {
  it('sets what each step took beside its budget', () => {
    const [row] = run(
      started(1),
      begun(1, 'a'),
      { atMinute: 1.5, type: 'run.step-completed', data: { ...step('a'), person: 'cy', note: 'stable', role: null } },
      begun(2, 'b'),
      { atMinute: 3, type: 'run.step-failed', data: { ...step('b'), attempt: 1, reason: 'timeout', detail: 'no answer' } },
      begun(3, 'b', 2),
      { atMinute: 4, type: 'run.step-succeeded', data: { ...step('b'), attempt: 2, evidence: '200 OK, says <@ana>' } },
      begun(4, 'c'),
      {
        atMinute: 6,
        type: 'run.checkpoint-reached',
        data: { checkpoint: 'T+5', question: 'Go on?', options: [], open: [], ahead: 1, elapsedMs: 5 * MINUTE_MS },
      },
      { atMinute: 6, by: 'person:bo', type: 'run.decided', data: { checkpoint: 'T+5', option: 'on', label: 'Go on', person: 'bo' } },
      { atMinute: 7, by: 'person:cy', type: 'run.chosen', data: { ...step('c'), option: 'roll-back', label: 'Roll back', person: 'cy' } },
      { atMinute: 7, type: 'run.jumped', data: { ...step('e'), passed: ['d'], reopened: [] } },
      {
        atMinute: 9,
        type: 'run.finished',
        data: { title: 'Recover in 15', clockMs: 15 * MINUTE_MS, elapsedMs: 8 * MINUTE_MS, done: 3, skipped: [] },
      },
    );
    expect(row).toMatchObject({
      title: 'Recover in 15',
      outcome: 'finished',
      elapsedMs: 8 * MINUTE_MS,
      clockMs: 15 * MINUTE_MS,
      position: 20,
    });
    expect(row?.steps.map(({ id, outcome, tookMs, isOver, by, note }) => [id, outcome, tookMs, isOver, by, note])).toEqual([
      ['a', 'done', MINUTE_MS / 2, false, 'Cy Okafor', 'stable'],
      ['b', 'succeeded', 2 * MINUTE_MS, true, null, '200 OK, says Ana Lima'],
      ['c', 'chosen', 3 * MINUTE_MS, false, 'Cy Okafor', 'Roll back'],
      ['d', 'passed over', null, false, null, null],
    ]);
    expect(row?.checkpoints).toEqual([{ id: 'T+5', afterMs: 5 * MINUTE_MS, question: 'Go on?', choice: 'Go on', by: 'Bo Berg' }]);
  });

  it('says how it ended otherwise', () => {
    const rows = run(
      started(1, 'First'),
      { atMinute: 2, type: 'run.step-skipped', data: { ...step('a'), person: 'cy', reason: 'no need' } },
      { atMinute: 2, type: 'run.step-passed', data: step('b') },
      begun(3, 'c'),
      { atMinute: 4, type: 'run.step-unknown', data: { ...step('c'), attempt: 1, detail: 'connection lost' } },
      { atMinute: 5, type: 'run.aborted', data: { title: 'First', person: 'bo', reason: 'wrong one', elapsedMs: 4 * MINUTE_MS } },
      started(6, 'Second'),
      begun(6, 'a'),
    );
    expect(rows.map(({ title, outcome, elapsedMs }) => [title, outcome, elapsedMs])).toEqual([
      ['First', 'aborted by Bo Berg: wrong one', 4 * MINUTE_MS],
      ['Second', 'not finished', null],
    ]);
    expect(rows[0]?.steps.map(({ outcome }) => outcome)).toEqual(['skipped', 'did not apply', 'outcome unknown', 'not reached']);
    expect(rows[1]?.steps[0]?.outcome).toBe('begun');
  });
});
