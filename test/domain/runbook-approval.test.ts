import { describe, expect, test } from 'vitest';
import type { StepApproval } from '../../src/domain/runbooks/runbook.ts';
import { asks, said, started, statuses, types, type World, world } from '../support/run-story.ts';
import { runbookOf, stepOf } from '../support/runbook-build.ts';

const incident = 42;
const post = {
  do: 'http',
  method: 'POST',
  url: 'https://deploy.example/back',
  headers: {},
  body: null,
  expectStatus: [],
  timeoutMs: 1_000,
} as const;

function waiting(approve: StepApproval, setting: World = {}) {
  return started(runbookOf([stepOf('send', post, { approve }), stepOf('end')]), setting);
}
const approve = { type: 'run.approve-step', incident, step: 'send' } as const;

describe('a step that needs approval', () => {
  test('does nothing before it is approved, and says so in the room', () => {
    const told = waiting({ role: null, count: 1 });
    expect(types(told)).toEqual(['run.started', 'run.approval-wanted']);
    expect(said(told)).toEqual(['run-started', 'run-approval-wanted']);
    expect(asks(told)).toEqual([]);
    const done = { type: 'run.complete-step', incident, step: 'send', note: null } as const;
    told.when(done, world({})).refused('run_approval_first', { step: 'send' });
    const approved = told.when(approve, world({ by: 'bo' }));
    approved.happens([
      { type: 'run.step-approved', data: { step: 'send', title: 'Step send', person: 'bo', missing: 0 } },
      { type: 'run.step-started', data: { step: 'send', title: 'Step send', attempt: 1, elapsedMs: 0 } },
    ]);
    expect(asks(approved)[0]).toEqual({ kind: 'step.run', run: '42', step: 'send', attempt: 1 });
  });

  test('needs as many different people as are written', () => {
    const once = waiting({ role: null, count: 2 }).when(approve, world({ by: 'bo' }));
    expect(types(once)).toEqual(['run.step-approved']);
    once.when(approve, world({ by: 'bo' })).refused('run_approved_already', { step: 'send' });
    const twice = once.when(approve, world({ by: 'cy' }));
    expect(types(twice)).toEqual(['run.step-approved', 'run.step-started']);
    expect(twice.state.steps[0]?.approvedBy).toEqual(['bo', 'cy']);
  });

  test('needs the holder of the role, whoever that is now', () => {
    const told = waiting({ role: 'ic', count: 1 });
    told.when(approve, world({ by: 'bo' })).refused('run_approval_needs_role', { step: 'send', role: 'ic', holder: 'nobody' });
    told
      .when(approve, world({ by: 'bo', roles: { ic: 'cy' } }))
      .refused('run_approval_needs_role', { step: 'send', role: 'ic', holder: '<@cy>' });
    expect(types(told.when(approve, world({ by: 'cy', roles: { ic: 'cy' } })))).toEqual(['run.step-approved', 'run.step-started']);
  });

  test('keeps a place for the holder among several', () => {
    const told = waiting({ role: 'ic', count: 2 }).when(approve, world({ by: 'bo', roles: { ic: 'cy' } }));
    told.when(approve, world({ by: 'ana', roles: { ic: 'cy' } })).refused('run_approval_needs_role');
    expect(statuses(told.when(approve, world({ by: 'cy', roles: { ic: 'cy' } })))['send']).toBe('open');
    // The holder may as well have been first.
    const first = waiting({ role: 'ic', count: 2 }).when(approve, world({ by: 'cy', roles: { ic: 'cy' } }));
    expect(statuses(first.when(approve, world({ by: 'bo', roles: { ic: 'cy' } })))['send']).toBe('open');
  });

  test('is approved by people only', () => {
    waiting({ role: null, count: 1 })
      .when(approve, world({ actor: 'clock' }))
      .refused('run_needs_person');
  });

  test('is approved anew for every attempt', () => {
    const failed = waiting({ role: null, count: 1 })
      .when(approve, world({ by: 'bo' }))
      .when(
        { type: 'run.step-failed', incident, step: 'send', attempt: 1, reason: 'server', detail: 'answered 500' },
        world({ actor: 'allclear' }),
      );
    const again = failed.when({ type: 'run.retry', incident, step: 'send' }, world({}));
    expect(types(again)).toEqual(['run.approval-wanted']);
    expect(again.state.steps[0]).toMatchObject({ status: 'approval', approvedBy: [] });
    const approved = again.when(approve, world({ by: 'bo' }));
    expect(asks(approved)[0]).toEqual({ kind: 'step.run', run: '42', step: 'send', attempt: 2 });
  });

  test('may be left out, with a reason', () => {
    const skipped = waiting({ role: 'ic', count: 1 }).when({ type: 'run.skip', incident, step: 'send', reason: 'not needed' }, world({}));
    expect(statuses(skipped)).toEqual({ send: 'skipped', end: 'open' });
  });
});

describe('a step that is nothing but an approval', () => {
  test('is done by it', () => {
    const told = started(runbookOf([stepOf('agree', { do: 'approve' }, { approve: { role: null, count: 1 } }), stepOf('end')]));
    const approved = told.when({ type: 'run.approve-step', incident, step: 'agree' }, world({ by: 'bo' }));
    expect(types(approved)).toEqual(['run.step-approved', 'run.step-started']);
    expect(approved.state.steps[0]).toMatchObject({ status: 'done', by: 'bo', approvedBy: ['bo'] });
    expect(statuses(approved)).toEqual({ agree: 'done', end: 'open' });
  });
});
