import { describe, expect, test } from 'vitest';
import type { StepDoes } from '../../src/domain/runbooks/runbook.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { NOW } from '../support/given.ts';
import { asks, said, started, statuses, type Told, types, world } from '../support/run-story.ts';
import { httpGet, httpPost, runbookOf, stepOf } from '../support/runbook-build.ts';

const incident = 42;
const allclear = world({ actor: 'allclear' });
const about = { incident, step: 'auto' } as const;
const succeeded = { type: 'run.step-succeeded', ...about, attempt: 1, evidence: 'answered 200' } as const;
const failed = { type: 'run.step-failed', ...about, attempt: 1, reason: 'server', detail: 'answered 500' } as const;
const unknown = { type: 'run.step-unknown', ...about, attempt: 1, detail: 'no answer' } as const;

function automatic(does: StepDoes): Told {
  return started(runbookOf([stepOf('auto', does), stepOf('end')]));
}

describe('an automated step', () => {
  test('is promised when it begins, and the run goes on when it succeeds', () => {
    const told = automatic(httpGet);
    expect(asks(told)[0]).toEqual({ kind: 'step.run', run: '42', step: 'auto', attempt: 1 });
    const done = told.when(succeeded, allclear);
    done.happens([
      { type: 'run.step-succeeded', data: { step: 'auto', title: 'Step auto', attempt: 1, evidence: 'answered 200' } },
      { type: 'run.step-started', data: { step: 'end', title: 'Step end', attempt: 2, elapsedMs: 0 } },
    ]);
    done.when(succeeded, allclear).nothingHappens();
  });

  test('that failed waits for a person, who tries again, did it by hand, or leaves it', () => {
    const told = automatic(httpPost).when(failed, allclear);
    expect(types(told)).toEqual(['run.step-failed']);
    expect(said(told)).toEqual(['run-step-failed']);
    const again = told.when({ type: 'run.retry', ...about }, world({}));
    expect(asks(again)[0]).toEqual({ kind: 'step.run', run: '42', step: 'auto', attempt: 2 });
    expect(again.state.steps[0]).toMatchObject({ status: 'open', attempt: 2, answered: false, note: null });
    expect(statuses(told.when({ type: 'run.complete-step', ...about, note: 'did it' }, world({})))).toEqual({ auto: 'done', end: 'open' });
    expect(statuses(told.when({ type: 'run.skip', ...about, reason: 'no' }, world({})))).toEqual({ auto: 'skipped', end: 'open' });
  });

  test('of which nobody knows what came of it stops and asks', () => {
    const told = automatic(httpPost).when(unknown, allclear);
    expect(said(told)).toEqual(['run-step-unknown']);
    expect(statuses(told)).toEqual({ auto: 'unknown', end: 'waiting' });
    expect(asks(told)).toEqual([]);
    expect(statuses(told.when({ type: 'run.complete-step', ...about, note: 'it arrived' }, world({})))).toEqual({
      auto: 'done',
      end: 'open',
    });
    expect(asks(told.when({ type: 'run.retry', ...about }, world({})))[0]).toMatchObject({ kind: 'step.run', attempt: 2 });
  });

  test('that is under way cannot be ticked, and what changes something cannot be sent twice', () => {
    const told = automatic(httpPost);
    told.when({ type: 'run.complete-step', ...about, note: null }, world({})).refused('run_step_automatic', { step: 'auto' });
    told.when({ type: 'run.retry', ...about }, world({})).refused('run_step_under_way', { step: 'auto' });
    expect(types(automatic(httpGet).when({ type: 'run.retry', ...about }, world({})))).toEqual(['run.step-started']);
  });

  test('that answers after it was left is noted, once, and nothing follows', () => {
    const left = automatic(httpPost).when({ type: 'run.skip', ...about, reason: 'takes too long' }, world({}));
    const late = left.when(succeeded, allclear);
    late.happens([
      {
        type: 'run.step-answered-late',
        data: { step: 'auto', title: 'Step auto', attempt: 1, outcome: 'succeeded', detail: 'answered 200' },
      },
    ]);
    expect(said(late)).toEqual(['run-step-answered-late']);
    expect(statuses(late)).toEqual({ auto: 'skipped', end: 'open' });
    late.when(succeeded, allclear).nothingHappens();
    left.when({ ...succeeded, attempt: 7 }, allclear).nothingHappens();
    left.when({ ...succeeded, step: 'nowhere' }, allclear).nothingHappens();
    expect(left.when(failed, allclear).events[0]?.data).toMatchObject({ outcome: 'failed' });
    expect(left.when(unknown, allclear).events[0]?.data).toMatchObject({ outcome: 'unknown' });
  });

  test('that answers after the run was aborted is noted', () => {
    const aborted = automatic(httpPost).when({ type: 'run.abort', incident, reason: 'over' }, world({}));
    expect(types(aborted.when({ ...succeeded, evidence: null }, allclear))).toEqual(['run.step-answered-late']);
  });

  test('that succeeds during a pause is done, and the run goes on with the resume', () => {
    const paused = automatic(httpGet).when({ type: 'run.pause', incident }, world({}));
    const done = paused.when(succeeded, allclear);
    expect(types(done)).toEqual(['run.step-succeeded']);
    expect(types(done.when({ type: 'run.resume', incident }, world({ at: MINUTE_MS })))).toEqual(['run.resumed', 'run.step-started']);
  });

  test('that succeeds when the incident is over is done, and the run rests', () => {
    const done = automatic(httpGet).when(succeeded, world({ actor: 'allclear', status: 'resolved' }));
    expect(types(done)).toEqual(['run.step-succeeded']);
    const reopened = done.when({ type: 'run.resume', incident }, world({ at: MINUTE_MS }));
    expect(types(reopened)).toEqual(['run.resumed', 'run.step-started']);
    expect(reopened.events[0]?.data).toEqual({ person: 'ana', pausedMs: 0 });
  });
});

describe('a step that flips a switch', () => {
  const flip: StepDoes = { do: 'switch', switch: 'read-only', to: 1, reason: 'stop writes', ttlMs: MINUTE_MS };
  const step = (): Told => automatic(flip);

  test('asks on behalf of who started the run, and waits', () => {
    expect(asks(step())[0]).toEqual({
      kind: 'ask',
      act: { type: 'switch.request', switch: 'read-only', to: 1, reason: 'stop writes', incident, ttlMs: MINUTE_MS },
      actor: 'person:ana',
    });
    expect(statuses(step())).toEqual({ auto: 'open', end: 'waiting' });
  });

  test('is done by the flip it waits for, and by no other', () => {
    const flipped = { type: 'run.switch-flipped', incident, switch: 'read-only', to: 1 } as const;
    step()
      .when({ ...flipped, switch: 'payments-off' }, allclear)
      .nothingHappens();
    step()
      .when({ ...flipped, to: 0 }, allclear)
      .nothingHappens();
    const done = step().when(flipped, allclear);
    expect(done.events[0]?.data).toMatchObject({ evidence: 'read-only is on' });
    expect(statuses(done)).toEqual({ auto: 'done', end: 'open' });
    done.when(flipped, allclear).nothingHappens();
  });

  test('fails when it is declined, and is done all the same when it is flipped later', () => {
    const declined = step().when({ type: 'run.switch-declined', incident, switch: 'read-only' }, allclear);
    expect(declined.events[0]?.data).toMatchObject({ reason: 'declined' });
    declined.when({ type: 'run.switch-declined', incident, switch: 'read-only' }, allclear).nothingHappens();
    const broken = declined.when({ type: 'run.switch-flipped', incident, switch: 'read-only', to: 1 }, allclear);
    expect(statuses(broken)).toEqual({ auto: 'done', end: 'open' });
  });

  test('asks nothing when the switch is there already', () => {
    const told = started(runbookOf([stepOf('auto', flip), stepOf('end')]), { levels: { 'read-only': 1 } });
    expect(types(told)).toEqual(['run.started', 'run.step-succeeded', 'run.step-started']);
    expect(told.effects.filter(({ kind }) => kind === 'ask')).toEqual([]);
  });

  test('may ask again when its request is lost', () => {
    const again = step().when({ type: 'run.retry', ...about }, world({ at: MINUTE_MS }));
    expect(asks(again)[0]).toMatchObject({ act: { type: 'switch.request' } });
  });

  test('flips that no run waits for are no news', () => {
    const flipped = { type: 'run.switch-flipped', incident, switch: 'read-only', to: 1 } as const;
    automatic(httpGet).when(flipped, allclear).nothingHappens();
    const over = step().when({ type: 'run.abort', incident, reason: 'x' }, world({}));
    over.when(flipped, allclear).nothingHappens();
  });
});

describe('a step that', () => {
  test('posts an update asks for it and goes on', () => {
    const told = automatic({ do: 'update', text: 'We are on it' });
    expect(types(told)).toEqual(['run.started', 'run.step-succeeded', 'run.step-started']);
    expect(asks(told)[0]).toEqual({
      kind: 'ask',
      act: { type: 'incident.update', incident, text: 'We are on it', nextMs: null },
      actor: 'person:ana',
    });
  });

  test('fills a role is done when somebody has it, also when that happens elsewhere', () => {
    const role: StepDoes = { do: 'role', role: 'ic' };
    const held = started(runbookOf([stepOf('auto', role), stepOf('end')]), { roles: { ic: 'bo' } });
    expect(held.events[1]?.data).toMatchObject({ evidence: '<@bo> is ic' });
    const vacant = automatic(role);
    const looks = asks(vacant) as readonly { readonly dueAt: number; readonly act: { readonly type: string } }[];
    expect(looks.map(({ act, dueAt }) => [act.type, (dueAt - NOW) / 1_000])).toEqual(
      [5, 15, 30, 60, 120, 300].map((after) => ['run.poll', after]),
    );
    const poll = { type: 'run.poll', ...about, attempt: 1 } as const;
    vacant.when(poll, world({ actor: 'clock' })).nothingHappens();
    expect(statuses(vacant.when(poll, world({ actor: 'clock', roles: { ic: 'cy' } })))).toEqual({ auto: 'done', end: 'open' });
    vacant.when({ ...poll, attempt: 2 }, world({ actor: 'clock', roles: { ic: 'cy' } })).nothingHappens();
    automatic({ do: 'manual' })
      .when(poll, world({ actor: 'clock' }))
      .nothingHappens();
  });

  test('fills a role gives it to who says "done", when nobody has it', () => {
    const done = automatic({ do: 'role', role: 'ic' }).when({ type: 'run.complete-step', ...about, note: null }, world({ by: 'cy' }));
    expect(done.events[0]?.data).toMatchObject({ person: 'cy', role: 'ic' });
    expect(asks(done)).toEqual([{ kind: 'ask', act: { type: 'incident.assign', incident, role: 'ic', person: 'cy' }, actor: 'person:cy' }]);
    const held = automatic({ do: 'role', role: 'ic' }).when(
      { type: 'run.complete-step', ...about, note: null },
      world({ by: 'cy', roles: { ic: 'bo' } }),
    );
    expect(asks(held)).toEqual([]);
  });
});
