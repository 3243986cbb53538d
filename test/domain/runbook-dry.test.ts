import { describe, expect, test } from 'vitest';
import { stepNow } from '../../src/domain/runbooks/now.ts';
import type { StepDoes } from '../../src/domain/runbooks/runbook.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { NOW } from '../support/given.ts';
import { asks, started, statuses, types, world } from '../support/run-story.ts';
import { chooseOf, runbookOf, stepOf } from '../support/runbook-build.ts';

const incident = 42;
const post: StepDoes = {
  do: 'http',
  method: 'POST',
  url: 'https://deploy.example/back',
  headers: {},
  body: null,
  expectStatus: [],
  timeoutMs: 1_000,
};
const automatic = runbookOf([
  stepOf('send', post),
  stepOf('wait', { do: 'wait-for', url: 'https://shop.example/up', status: 200, everyMs: 1_000, timeoutMs: MINUTE_MS }),
  stepOf('flip', { do: 'switch', switch: 'read-only', to: 1, reason: 'stop writes', ttlMs: null }),
  stepOf('tell', { do: 'update', text: 'We are on it' }),
  chooseOf('way', 'left', 'right'),
  stepOf('role', { do: 'role', role: 'ic' }),
]);

describe('a dry run', () => {
  test('says what automated steps would do, and does none of it', () => {
    const told = started(automatic, {}, true);
    expect(types(told)).toEqual(['run.started', ...Array(4).fill('run.step-succeeded'), 'run.step-started']);
    expect(told.events[1]?.data).toMatchObject({ evidence: 'Dry run, nothing was done. It would: POST https://deploy.example/back' });
    expect(told.events[4]?.data).toMatchObject({ evidence: 'Dry run, nothing was done. It would: Post the status update: We are on it' });
    expect(asks(told)).toEqual([]);
    expect(statuses(told)['way']).toBe('open');
    expect(told.state.dry).toBe(true);
  });

  test('gives nobody a role', () => {
    const atRole = started(automatic, {}, true).when({ type: 'run.choose', incident, step: 'way', option: 'left' }, world({}));
    const done = atRole.when({ type: 'run.complete-step', incident, step: 'role', note: null }, world({ by: 'bo' }));
    expect(types(done)).toEqual(['run.step-completed', 'run.finished']);
    expect(asks(done)).toEqual([]);
  });
});

describe('stepNow', () => {
  const words = (told: Parameters<typeof stepNow>[0]): readonly string[] => stepNow(told)?.choices.map((choice) => choice.words) ?? [];

  test('tells what is due, until when, and what can be said', () => {
    const told = started(runbookOf([stepOf('one', undefined, { prose: 'Look.', budgetMs: MINUTE_MS })]), { at: 0 });
    expect(stepNow(told.state)).toEqual({
      id: 'one',
      title: 'Step one',
      prose: 'Look.',
      status: 'open',
      does: 'People do it and say so',
      dueAt: NOW + MINUTE_MS,
      overran: false,
      choices: [
        { label: 'Done', words: 'step done one', style: 'primary' },
        { label: 'Skip', words: 'step skip one', style: 'plain' },
      ],
    });
  });

  test('offers what fits the step', () => {
    expect(words(started(runbookOf([chooseOf('way', 'left', 'right')])).state)).toEqual([
      'step choose way left',
      'step choose way right',
      'step skip way',
    ]);
    expect(words(started(runbookOf([stepOf('r', { do: 'role', role: 'ic' })])).state)).toEqual(['step done r', 'step skip r']);
    expect(words(started(runbookOf([stepOf('a', { do: 'approve' }, { approve: { role: null, count: 1 } })])).state)).toEqual([
      'step approve a',
      'step skip a',
    ]);
    const sending = started(runbookOf([stepOf('s', post)]));
    expect(words(sending.state)).toEqual(['step skip s']);
    const failed = sending.when({ type: 'run.step-failed', incident, step: 's', attempt: 1, reason: 'client', detail: 'no' }, world({}));
    expect(words(failed.state)).toEqual(['step retry s', 'step done s', 'step skip s']);
    const unknown = sending.when({ type: 'run.step-unknown', incident, step: 's', attempt: 1, detail: 'lost' }, world({}));
    expect(words(unknown.state)).toEqual(['step done s', 'step retry s', 'step skip s']);
  });

  test('offers to go on during a pause, and nothing after the end', () => {
    const told = started(runbookOf([stepOf('one', undefined, { budgetMs: MINUTE_MS })]));
    const paused = told.when({ type: 'run.pause', incident }, world({}));
    expect(stepNow(paused.state)).toMatchObject({ dueAt: null, choices: [{ words: 'runbook resume' }] });
    expect(stepNow(paused.when({ type: 'run.abort', incident, reason: 'x' }, world({})).state)).toBeNull();
  });
});
