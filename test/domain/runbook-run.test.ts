import { describe, expect, test } from 'vitest';
import { runDomain } from '../../src/domain/runbooks/domain.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { given, NOW } from '../support/given.ts';
import { started, statuses, types, world } from '../support/run-story.ts';
import { chooseOf, runbookOf, stepOf } from '../support/runbook-build.ts';

const incident = 42;
const two = runbookOf([stepOf('one'), stepOf('two')]);
const start = { type: 'run.start', incident, runbook: 'lights' } as const;

describe('run.start', () => {
  test('keeps a copy of the runbook and begins its first step', () => {
    const checkpoint = { id: '5m', afterMs: 300_000, question: 'Well?', options: [{ id: 'go-on', label: 'Go on', go: null }] };
    const told = started(runbookOf([stepOf('one', undefined, { prose: 'Look.' })], [checkpoint]));
    told.happens([
      {
        type: 'run.started',
        data: {
          incident,
          runbook: 'lights',
          title: 'Lights out',
          file: 'lights.md',
          clockMs: 900_000,
          dry: false,
          platforms: ['console', 'slack'],
          steps: [stepOf('one', undefined, { prose: 'Look.' })],
          checkpoints: [checkpoint],
        },
      },
      { type: 'run.step-started', data: { step: 'one', title: 'Step one', attempt: 1, elapsedMs: 0 } },
    ]);
    expect(told.state).toMatchObject({ status: 'running', startedBy: 'person:ana', startedAt: NOW, runs: 1 });
  });

  test('is refused while another run is going on, paused or not', () => {
    const running = started(two);
    running.when(start, world({ runbooks: [two] })).refused('run_active', { title: 'Lights out' });
    const paused = running.when({ type: 'run.pause', incident }, world({}));
    paused.when(start, world({ runbooks: [two] })).refused('run_active');
  });

  test('is refused without an incident, after its end, and without a runbook', () => {
    const none = given(runDomain, 'run/42');
    none.when(start, world({ status: 'none', runbooks: [two] })).refused('run_incident_unknown', { incident: '42' });
    none.when(start, world({ status: 'resolved', runbooks: [two] })).refused('run_incident_over', { incident: '42', status: 'resolved' });
    none.when(start, world({ runbooks: [] })).refused('run_unknown_runbook', { runbook: 'lights', known: 'none' });
    none
      .when({ ...start, runbook: 'constructor' }, world({ runbooks: [two] }))
      .refused('run_unknown_runbook', { runbook: 'constructor', known: 'lights' });
  });

  test('may come again after an end, and counts attempts on', () => {
    const aborted = started(two).when({ type: 'run.abort', incident, reason: 'wrong one' }, world({}));
    const again = aborted.when(start, world({ runbooks: [two], at: MINUTE_MS }));
    expect(again.state).toMatchObject({ runs: 2, status: 'running', attempts: 2 });
    expect(again.events.at(-1)).toMatchObject({ type: 'run.step-started', data: { step: 'one', attempt: 2 } });
  });
});

describe('a run', () => {
  test('takes its steps in order and ends with the last', () => {
    const one = started(two).when(
      { type: 'run.complete-step', incident, step: 'one', note: 'fuse was out' },
      world({ at: MINUTE_MS, by: 'bo' }),
    );
    one.happens([
      { type: 'run.step-completed', data: { step: 'one', title: 'Step one', person: 'bo', note: 'fuse was out', role: null } },
      { type: 'run.step-started', data: { step: 'two', title: 'Step two', attempt: 2, elapsedMs: MINUTE_MS } },
    ]);
    const end = one.when({ type: 'run.skip', incident, step: 'two', reason: 'light is on' }, world({ at: 3 * MINUTE_MS }));
    end.happens([
      { type: 'run.step-skipped', data: { step: 'two', title: 'Step two', person: 'ana', reason: 'light is on' } },
      {
        type: 'run.finished',
        data: { title: 'Lights out', clockMs: 900_000, elapsedMs: 3 * MINUTE_MS, done: 1, skipped: [{ id: 'two', title: 'Step two' }] },
      },
    ]);
    expect(runDomain.summary(end.state)).toEqual({ open: false, incident });
    end.when({ type: 'run.complete-step', incident, step: 'two', note: null }, world({})).refused('run_none', { incident: '42' });
  });

  test('passes steps whose choice was not made', () => {
    const fork = runbookOf([
      chooseOf('way', 'left', 'right'),
      stepOf('l', undefined, { when: { step: 'way', chose: ['left'] } }),
      stepOf('r', undefined, { when: { step: 'way', chose: ['right'] } }),
    ]);
    const chosen = started(fork).when({ type: 'run.choose', incident, step: 'way', option: 'right' }, world({}));
    expect(types(chosen)).toEqual(['run.chosen', 'run.step-passed', 'run.step-started']);
    expect(statuses(chosen)).toEqual({ way: 'done', l: 'passed', r: 'open' });
    const skipped = started(fork).when({ type: 'run.skip', incident, step: 'way', reason: 'no idea' }, world({}));
    expect(types(skipped)).toEqual(['run.step-skipped', 'run.step-passed', 'run.step-passed', 'run.finished']);
  });

  test('refuses what does not fit the step', () => {
    const told = started(runbookOf([chooseOf('way', 'left', 'right'), stepOf('two'), stepOf('three', { do: 'role', role: 'ic' })]));
    const when = (act: Parameters<typeof told.when>[0], by = 'ana') => told.when(act, world({ by }));
    when({ type: 'run.complete-step', incident, step: 'way', note: null }).refused('run_choice_wanted', {
      step: 'way',
      options: 'left, right',
    });
    when({ type: 'run.choose', incident, step: 'way', option: 'up' }).refused('run_no_such_option', {
      option: 'up',
      options: 'left, right',
    });
    when({ type: 'run.choose', incident, step: 'two', option: 'left' }).refused('run_nothing_to_choose', { step: 'two' });
    when({ type: 'run.complete-step', incident, step: 'four', note: null }).refused('run_no_such_step', {
      step: 'four',
      known: 'way, two, three',
    });
    when({ type: 'run.complete-step', incident, step: 'three', note: null }).refused('run_step_not_begun', {
      step: 'three',
      current: 'way',
    });
    when({ type: 'run.retry', incident, step: 'three' }).refused('run_step_not_begun');
    when({ type: 'run.retry', incident, step: 'way' }).refused('run_nothing_to_retry', { step: 'way' });
    when({ type: 'run.approve-step', incident, step: 'way' }).refused('run_no_approval_wanted', { step: 'way' });
    told.when({ type: 'run.skip', incident, step: 'way', reason: 'x' }, world({ actor: 'clock' })).refused('run_needs_person');
    told.when({ type: 'run.pause', incident }, world({ actor: 'source:alerts' })).refused('run_needs_person');
  });

  test('lets people do by hand what lies ahead, and does not ask for it again', () => {
    const ahead = started(runbookOf([stepOf('one'), stepOf('two'), stepOf('three')])).when(
      { type: 'run.complete-step', incident, step: 'two', note: null },
      world({}),
    );
    expect(types(ahead)).toEqual(['run.step-completed']);
    const next = ahead.when({ type: 'run.complete-step', incident, step: 'one', note: null }, world({}));
    expect(statuses(next)).toEqual({ one: 'done', two: 'done', three: 'open' });
  });

  test('says that something is behind, and by whom', () => {
    const told = started(two).when({ type: 'run.complete-step', incident, step: 'one', note: null }, world({ by: 'bo' }));
    const values = { step: 'one', status: 'done', by: ' by <@bo>' };
    told.when({ type: 'run.complete-step', incident, step: 'one', note: null }, world({})).refused('run_step_behind', values);
    told.when({ type: 'run.skip', incident, step: 'one', reason: 'x' }, world({})).refused('run_step_behind', values);
  });

  test('is ended by an abort, with a reason', () => {
    const told = started(two).when({ type: 'run.abort', incident, reason: 'wrong runbook' }, world({ at: MINUTE_MS, by: 'cy' }));
    told.happens([{ type: 'run.aborted', data: { title: 'Lights out', person: 'cy', reason: 'wrong runbook', elapsedMs: MINUTE_MS } }]);
    told.when({ type: 'run.abort', incident, reason: 'again' }, world({})).refused('run_none');
  });

  test('rests when its incident is over, and goes on when it is open again', () => {
    const told = started(two);
    const act = { type: 'run.complete-step', incident, step: 'one', note: null } as const;
    told.when(act, world({ status: 'resolved' })).refused('run_incident_over', { incident: '42', status: 'resolved' });
    told.when({ type: 'run.resume', incident }, world({ status: 'closed' })).refused('run_incident_over');
    told.when({ type: 'run.resume', incident }, world({})).refused('run_not_paused');
    expect(types(told.when({ type: 'run.abort', incident, reason: 'over' }, world({ status: 'resolved' })))).toEqual(['run.aborted']);
  });
});
