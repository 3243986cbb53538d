import { describe, expect, test } from 'vitest';
import { asks, started, statuses, type Told, types, world } from '../support/run-story.ts';
import { chooseOf, httpGet, httpPost, runbookOf, stepOf } from '../support/runbook-build.ts';

const incident = 42;
const done = (step: string) => ({ type: 'run.complete-step', incident, step, note: null }) as const;
const choose = (step: string, option: string) => ({ type: 'run.choose', incident, step, option }) as const;
const retry = (step: string) => ({ type: 'run.retry', incident, step }) as const;
const answered = (step: string, attempt: number) => ({ type: 'run.step-succeeded', incident, step, attempt, evidence: null }) as const;

describe('a jump ahead', () => {
  const told = started(runbookOf([chooseOf('way', 'on', ['far', 'end']), stepOf('one'), stepOf('two'), stepOf('end')]));

  test('passes what lies between', () => {
    const jumped = told.when(choose('way', 'far'), world({}));
    jumped.happens([
      { type: 'run.chosen', data: { step: 'way', title: 'Step way', option: 'far', label: 'far', person: 'ana' } },
      { type: 'run.jumped', data: { step: 'end', title: 'Step end', passed: ['one', 'two'], reopened: ['end'] } },
      { type: 'run.step-started', data: { step: 'end', title: 'Step end', attempt: 2, elapsedMs: 0 } },
    ]);
    expect(statuses(jumped)).toEqual({ way: 'done', one: 'passed', two: 'passed', end: 'open' });
  });

  test('keeps what was done before its turn', () => {
    const early = told.when(done('two'), world({})).when(choose('way', 'far'), world({}));
    expect(statuses(early)).toEqual({ way: 'done', one: 'passed', two: 'done', end: 'open' });
  });

  test('begins its step whatever the condition of that step, and under approval', () => {
    const conditional = { when: { step: 'way', chose: ['on'] }, approve: { role: null, count: 1 } };
    const guarded = started(runbookOf([chooseOf('way', 'on', ['far', 'end']), stepOf('one'), stepOf('end', httpPost, conditional)]));
    const jumped = guarded.when(choose('way', 'far'), world({}));
    expect(types(jumped)).toEqual(['run.chosen', 'run.jumped', 'run.approval-wanted']);
    expect(asks(jumped)).toEqual([]);
  });
});

describe('going back', () => {
  /** look (GET) → send (POST) → way (left, right, back) → left only → check */
  const book = runbookOf([
    stepOf('look', httpGet),
    stepOf('send', httpPost),
    chooseOf('way', 'left', 'right', ['back', 'look']),
    stepOf('only-left', undefined, { when: { step: 'way', chose: ['left'] } }),
    stepOf('check'),
  ]);
  const atWay = (): Told => started(book).when(answered('look', 1), world({})).when(answered('send', 2), world({}));

  test('repeats what looks, and never what changed something', () => {
    const back = atWay().when(choose('way', 'back'), world({}));
    expect(back.events[1]?.data).toEqual({ step: 'look', title: 'Step look', passed: [], reopened: ['look', 'way'] });
    expect(statuses(back)).toEqual({ look: 'open', send: 'done', way: 'waiting', 'only-left': 'waiting', check: 'waiting' });
    const again = back.when(answered('look', 4), world({}));
    expect(types(again)).toEqual(['run.step-succeeded', 'run.step-started']);
    expect(statuses(again)['way']).toBe('open');
  });

  test('keeps what was done before its turn', () => {
    const back = atWay().when(done('check'), world({})).when(choose('way', 'back'), world({}));
    expect(statuses(back)).toEqual({ look: 'open', send: 'done', way: 'waiting', 'only-left': 'waiting', check: 'done' });
  });

  test('asks a choice anew, and what hangs on it follows the new answer', () => {
    const atCheck = atWay().when(choose('way', 'right'), world({}));
    expect(statuses(atCheck)).toMatchObject({ 'only-left': 'passed', check: 'open' });
    const back = atCheck.when(retry('way'), world({}));
    expect(back.state.steps[2]).toMatchObject({ status: 'open', chosen: null });
    expect(statuses(back)).toMatchObject({ way: 'open', 'only-left': 'waiting', check: 'waiting' });
    expect(statuses(back.when(choose('way', 'left'), world({})))).toMatchObject({ 'only-left': 'open', check: 'waiting' });
  });

  test('does what changes something once more when a person names exactly that', () => {
    const again = atWay().when(retry('send'), world({}));
    expect(asks(again)[0]).toEqual({ kind: 'step.run', run: '42', step: 'send', attempt: 4 });
  });

  test('leaves alone what a person skipped', () => {
    const skipped = started(book).when({ type: 'run.skip', incident, step: 'look', reason: 'seen' }, world({}));
    const later = skipped.when(answered('send', 2), world({})).when(choose('way', 'back'), world({}));
    expect(statuses(later)).toMatchObject({ look: 'open', send: 'done', way: 'waiting' });
    const skippedWay = atWay().when({ type: 'run.skip', incident, step: 'way', reason: 'no' }, world({})).when(retry('look'), world({}));
    expect(statuses(skippedWay)).toMatchObject({ look: 'open', way: 'skipped', 'only-left': 'waiting', check: 'waiting' });
  });

  test('does not send again what is being sent or may have arrived', () => {
    const options = [{ id: 'back', label: 'Back', go: 'look' }];
    const asked = runbookOf(book.steps, [{ id: '5m', afterMs: 300_000, question: 'Back?', options }]);
    const sending = started(asked)
      .when(answered('look', 1), world({}))
      .when({ type: 'run.checkpoint', incident, checkpoint: '5m' }, world({ at: 300_000, actor: 'clock' }));
    const back = sending.when({ type: 'run.decide', incident, checkpoint: '5m', option: 'back' }, world({}));
    expect(back.events[1]?.data).toMatchObject({ passed: ['send'], reopened: ['look'] });
    expect(statuses(back.when(answered('look', 3), world({})))).toMatchObject({ send: 'passed', way: 'open' });
    // Its answer comes late and is written down.
    expect(types(back.when(answered('send', 2), world({})))).toEqual(['run.step-answered-late']);
    const unknown = sending.when({ type: 'run.step-unknown', incident, step: 'send', attempt: 2, detail: 'lost' }, world({}));
    const left = unknown.when({ type: 'run.decide', incident, checkpoint: '5m', option: 'back' }, world({}));
    expect(statuses(left)).toMatchObject({ look: 'open', send: 'passed' });
    const failed = sending.when(
      { type: 'run.step-failed', incident, step: 'send', attempt: 2, reason: 'client', detail: 'refused' },
      world({}),
    );
    expect(statuses(failed.when({ type: 'run.decide', incident, checkpoint: '5m', option: 'back' }, world({})))).toMatchObject({
      look: 'open',
      send: 'waiting',
    });
  });
});
