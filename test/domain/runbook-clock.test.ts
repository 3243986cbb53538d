import { describe, expect, test } from 'vitest';
import { elapsedMs, wantedStep } from '../../src/domain/runbooks/progress.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/kit/duration.ts';
import { NOW } from '../support/given.ts';
import { said, started, statuses, type Told, types, world } from '../support/run-story.ts';
import { chooseOf, runbookOf, stepOf } from '../support/runbook-build.ts';

const incident = 42;
const options = [
  { id: 'go-on', label: 'Go on', go: null },
  { id: 'back', label: 'Roll back', go: 'back' },
];
const checkpoints = [5, 10].map((minute) => ({ id: `${minute}m`, afterMs: minute * MINUTE_MS, question: `${minute} minutes?`, options }));
const clocked = runbookOf(
  [stepOf('one', undefined, { budgetMs: 2 * MINUTE_MS }), chooseOf('two', 'a', 'b'), stepOf('back'), stepOf('end')],
  checkpoints,
);
const clock = (at: number, status?: 'resolved') => world({ at, actor: 'clock', ...(status === undefined ? {} : { status }) });
const five = { type: 'run.checkpoint', incident, checkpoint: '5m' } as const;
const budget = { type: 'run.check-budget', incident, step: 'one', attempt: 1 } as const;

function timers(told: Told): readonly (readonly [string, number])[] {
  return told.effects.flatMap((effect) =>
    effect.kind === 'ask' && effect.actor === 'clock'
      ? [[`${effect.act.type} ${String(effect.act['checkpoint'] ?? effect.act['step'])}`, ((effect.dueAt ?? 0) - NOW) / SECOND_MS] as const]
      : [],
  );
}

describe('the clock', () => {
  test('asks for checkpoints and budgets when the run starts', () => {
    expect(timers(started(clocked))).toEqual([
      ['run.checkpoint 5m', 300],
      ['run.checkpoint 10m', 600],
      ['run.check-budget one', 120],
    ]);
  });

  test('says a budget that ran out, once', () => {
    const told = started(clocked);
    told.when(budget, clock(2 * MINUTE_MS - 2 * SECOND_MS)).nothingHappens();
    const over = told.when(budget, clock(2 * MINUTE_MS));
    over.happens([{ type: 'run.step-overran', data: { step: 'one', title: 'Step one', attempt: 1, budgetMs: 2 * MINUTE_MS } }]);
    expect(said(over)).toEqual(['run-step-overran']);
    over.when(budget, clock(3 * MINUTE_MS)).nothingHappens();
  });

  test('says nothing of a step that is behind, or of another attempt', () => {
    const done = started(clocked).when({ type: 'run.complete-step', incident, step: 'one', note: null }, world({ at: MINUTE_MS }));
    done.when(budget, clock(2 * MINUTE_MS)).nothingHappens();
    started(clocked)
      .when({ ...budget, attempt: 9 }, clock(2 * MINUTE_MS))
      .nothingHappens();
    started(clocked)
      .when({ ...budget, step: 'nowhere' }, clock(2 * MINUTE_MS))
      .nothingHappens();
  });

  test('asks about steps that wait for others even without a budget', () => {
    const get = {
      do: 'http',
      method: 'GET',
      url: 'https://a.example',
      headers: {},
      body: null,
      expectStatus: [],
      timeoutMs: 1_000,
    } as const;
    const wait = { do: 'wait-for', url: 'https://a.example', status: 200, everyMs: 1_000, timeoutMs: MINUTE_MS } as const;
    const flip = { do: 'switch', switch: 'read-only', to: 1, reason: 'stop writes', ttlMs: null } as const;
    expect(timers(started(runbookOf([stepOf('a', get)])))).toEqual([['run.check-budget a', 120]]);
    expect(timers(started(runbookOf([stepOf('a', wait)])))).toEqual([['run.check-budget a', 180]]);
    expect(timers(started(runbookOf([stepOf('a', flip)])))).toEqual([['run.check-budget a', 120]]);
    expect(timers(started(runbookOf([stepOf('a')])))).toEqual([]);
  });

  test('stands still during a pause, and what was due moves on by it', () => {
    const paused = started(clocked).when({ type: 'run.pause', incident }, world({ at: MINUTE_MS }));
    paused.happens([{ type: 'run.paused', data: { person: 'ana', elapsedMs: MINUTE_MS } }]);
    paused.when(budget, clock(9 * MINUTE_MS)).nothingHappens();
    paused.when(five, clock(9 * MINUTE_MS)).nothingHappens();
    paused.when({ type: 'run.pause', incident }, world({})).refused('run_paused');
    paused.when({ type: 'run.complete-step', incident, step: 'one', note: null }, world({})).refused('run_paused');
    paused.when({ type: 'run.decide', incident, checkpoint: '5m', option: 'back' }, world({})).refused('run_paused');
    const resumed = paused.when({ type: 'run.resume', incident }, world({ at: 4 * MINUTE_MS, by: 'bo' }));
    resumed.happens([{ type: 'run.resumed', data: { person: 'bo', pausedMs: 3 * MINUTE_MS } }]);
    expect(timers(resumed)).toEqual([
      ['run.checkpoint 5m', 480],
      ['run.checkpoint 10m', 780],
      ['run.check-budget one', 300],
    ]);
    // The timers of before come too early now.
    resumed.when(five, clock(5 * MINUTE_MS)).nothingHappens();
    resumed.when(budget, clock(2 * MINUTE_MS + 3 * SECOND_MS)).nothingHappens();
    expect(types(resumed.when(five, clock(8 * MINUTE_MS)))).toEqual(['run.checkpoint-reached']);
    expect(types(resumed.when(budget, clock(5 * MINUTE_MS)))).toEqual(['run.step-overran']);
  });

  test('adds pauses up, and asks no checkpoint again that was reached', () => {
    const reached = started(clocked).when(five, clock(5 * MINUTE_MS));
    const pause = { type: 'run.pause', incident } as const;
    const resume = { type: 'run.resume', incident } as const;
    const once = reached.when(pause, world({ at: 6 * MINUTE_MS })).when(resume, world({ at: 7 * MINUTE_MS }));
    const twice = once.when(pause, world({ at: 8 * MINUTE_MS })).when(resume, world({ at: 10 * MINUTE_MS }));
    expect(twice.state.pausedMs).toBe(3 * MINUTE_MS);
    expect(timers(twice)).toEqual([
      ['run.checkpoint 10m', 780],
      ['run.check-budget one', 300],
    ]);
  });

  test('shows the time without pauses, and stops at the end', () => {
    const paused = started(clocked).when({ type: 'run.pause', incident }, world({ at: MINUTE_MS }));
    expect(elapsedMs(paused.state, NOW + 9 * MINUTE_MS)).toBe(MINUTE_MS);
    const resumed = paused.when({ type: 'run.resume', incident }, world({ at: 4 * MINUTE_MS }));
    expect(elapsedMs(resumed.state, NOW + 5 * MINUTE_MS)).toBe(2 * MINUTE_MS);
    const over = resumed.when({ type: 'run.abort', incident, reason: 'x' }, world({ at: 6 * MINUTE_MS }));
    expect(elapsedMs(over.state, NOW + 60 * MINUTE_MS)).toBe(3 * MINUTE_MS);
  });

  test('answers nothing once the incident is over', () => {
    started(clocked)
      .when(budget, clock(5 * MINUTE_MS, 'resolved'))
      .nothingHappens();
    started(clocked)
      .when(five, clock(5 * MINUTE_MS, 'resolved'))
      .nothingHappens();
  });

  test('takes a timer that comes a blink too early for due, because it is not asked again', () => {
    expect(types(started(clocked).when(five, clock(5 * MINUTE_MS - SECOND_MS)))).toEqual(['run.checkpoint-reached']);
  });
});

describe('a checkpoint', () => {
  test('is asked loudly, with what is still open', () => {
    const told = started(clocked).when(five, clock(5 * MINUTE_MS));
    told.happens([
      {
        type: 'run.checkpoint-reached',
        data: {
          checkpoint: '5m',
          question: '5 minutes?',
          options: [
            { id: 'go-on', label: 'Go on' },
            { id: 'back', label: 'Roll back' },
          ],
          open: [{ id: 'one', title: 'Step one' }],
          ahead: 4,
          elapsedMs: 5 * MINUTE_MS,
        },
      },
    ]);
    expect(said(told)).toEqual(['run-checkpoint']);
    told.when(five, clock(6 * MINUTE_MS)).nothingHappens();
    told.when({ ...five, checkpoint: '7m' }, clock(7 * MINUTE_MS)).nothingHappens();
  });

  test('is decided once, by a person, with one of its options', () => {
    const decide = { type: 'run.decide', incident, checkpoint: '5m', option: 'go-on' } as const;
    started(clocked).when(decide, world({})).refused('run_checkpoint_not_reached', { checkpoint: '5m' });
    const reached = started(clocked).when(five, clock(5 * MINUTE_MS));
    reached.when({ ...decide, option: 'panic' }, world({})).refused('run_no_such_option', { option: 'panic', options: 'go-on, back' });
    reached.when({ ...decide, checkpoint: '6m' }, world({})).refused('run_no_such_checkpoint', { checkpoint: '6m', known: '5m, 10m' });
    reached.when(decide, world({ actor: 'clock' })).refused('run_needs_person');
    const decided = reached.when(decide, world({ by: 'bo', at: 6 * MINUTE_MS }));
    decided.happens([{ type: 'run.decided', data: { checkpoint: '5m', option: 'go-on', label: 'Go on', person: 'bo' } }]);
    expect(statuses(decided)).toEqual({ one: 'open', two: 'waiting', back: 'waiting', end: 'waiting' });
    decided.when(decide, world({})).refused('run_checkpoint_decided', { checkpoint: '5m', label: 'Go on', by: '<@bo>' });
  });

  test('may lead somewhere else', () => {
    const reached = started(clocked).when(five, clock(5 * MINUTE_MS));
    const decided = reached.when({ type: 'run.decide', incident, checkpoint: '5m', option: 'back' }, world({ at: 5 * MINUTE_MS }));
    expect(types(decided)).toEqual(['run.decided', 'run.jumped', 'run.step-started']);
    expect(statuses(decided)).toEqual({ one: 'passed', two: 'passed', back: 'open', end: 'waiting' });
    const again = decided
      .when({ ...five, checkpoint: '10m' }, clock(10 * MINUTE_MS))
      .when({ type: 'run.decide', incident, checkpoint: '10m', option: 'back' }, world({}));
    expect(types(again)).toEqual(['run.decided']);
  });
});

describe('wantedStep', () => {
  const wait = { do: 'wait-for', url: 'https://a.example', status: 200, everyMs: 1_000, timeoutMs: MINUTE_MS } as const;
  const told = started(runbookOf([stepOf('wait', wait), stepOf('end')]));

  test('knows what a promise is about while it is open, and no longer', () => {
    expect(wantedStep(told.state, 'wait', 1)).toEqual({ step: stepOf('wait', wait), startedAt: NOW });
    expect(wantedStep(told.state, 'wait', 2)).toBeNull();
    expect(wantedStep(told.state, 'end', 1)).toBeNull();
    expect(wantedStep(told.state, 'nowhere', 1)).toBeNull();
    expect(wantedStep(told.when({ type: 'run.skip', incident, step: 'wait', reason: 'x' }, world({})).state, 'wait', 1)).toBeNull();
    expect(wantedStep(told.when({ type: 'run.abort', incident, reason: 'x' }, world({})).state, 'wait', 1)).toBeNull();
  });

  test('leaves pauses out of its waiting', () => {
    const resumed = told
      .when({ type: 'run.pause', incident }, world({ at: MINUTE_MS }))
      .when({ type: 'run.resume', incident }, world({ at: 3 * MINUTE_MS }));
    expect(wantedStep(resumed.state, 'wait', 1)?.startedAt).toBe(NOW + 2 * MINUTE_MS);
  });
});
