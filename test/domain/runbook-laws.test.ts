import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/domain/kernel.ts';
import { currentStep } from '../../src/domain/runbooks/progress.ts';
import { changesTheWorld } from '../../src/domain/runbooks/runbook.ts';
import type { RunState } from '../../src/domain/runbooks/state.ts';
import { arbitraryPlay, type Happened, type Play, play } from '../support/run-play.ts';

const PLAYS = 400;
const check = (look: (played: Play) => void): void => fc.assert(fc.property(arbitraryPlay, look), { numRuns: PLAYS });
const checkEach = (look: (happened: Happened) => void): void => check((played) => play(played, look));

/** Steps whose requests go out with these effects and change something. */
function changesSent(effects: readonly Effect[], { steps }: RunState): readonly string[] {
  const changing = new Set(steps.filter(({ step }) => changesTheWorld(step.does)).map(({ step }) => step.id));
  return effects.flatMap((effect) => (effect.kind === 'step.run' && changing.has(effect.step) ? [effect.step] : []));
}

/** Steps a person (or the start of a run) names by this, so that they may be done once more. */
function namedBy({ act, events, state }: Happened): readonly string[] {
  if (events.some(({ type }) => type === 'run.started')) return state.steps.map(({ step }) => step.id);
  const jumps = events.flatMap((event) => (event.type === 'run.jumped' ? [event.data.step] : []));
  return act.type === 'run.retry' ? [act.step, ...jumps] : jumps;
}

describe('whatever people, timers and far ends do, a run', () => {
  test('works on one step at a time, and never stands still while it runs', () => {
    let finished = 0;
    checkEach(({ state }) => {
      const working = state.steps.filter(({ status }) => ['approval', 'open', 'failed', 'unknown'].includes(status));
      expect(working.length).toBeLessThanOrEqual(1);
      if (state.status === 'running') expect(currentStep(state)).not.toBeNull();
      if (state.status !== 'finished') return;
      finished += 1;
      expect(state.steps.every(({ status }) => ['done', 'skipped', 'passed'].includes(status))).toBe(true);
    });
    expect(finished).toBeGreaterThan(0);
  });

  test('does nothing more once it is over, but writes late answers down', () => {
    let late = 0;
    checkEach(({ before, events, effects }) => {
      const isOver = before.status === 'finished' || before.status === 'aborted';
      if (!isOver || events.some(({ type }) => type === 'run.started')) return;
      expect(events.every(({ type }) => type === 'run.step-answered-late')).toBe(true);
      expect(effects.every(({ kind }) => kind === 'room.keep' || kind === 'room.say')).toBe(true);
      late += events.length;
    });
    expect(late).toBeGreaterThan(0);
  });

  test('sends a change when it comes to it first, and again only when a person names it', () => {
    let sent = 0;
    check((played) => {
      const allowed = new Set<string>();
      play(played, (happened) => {
        for (const step of namedBy(happened)) allowed.add(step);
        for (const step of changesSent(happened.effects, happened.state)) {
          sent += 1;
          expect(allowed.delete(step), `${step} may be sent`).toBe(true);
        }
      });
    });
    expect(sent).toBeGreaterThan(0);
  });

  test('starts no step under approval before enough people have approved it', () => {
    let guarded = 0;
    checkEach(({ state, events }) => {
      for (const { step, status, approvedBy } of state.steps) {
        const isStarted = events.some((event) => event.type === 'run.step-started' && event.data.step === step.id);
        if (!isStarted || status !== 'open' || step.approve === null) continue;
        guarded += 1;
        expect(new Set(approvedBy).size).toBeGreaterThanOrEqual(step.approve.count);
      }
    });
    expect(guarded).toBeGreaterThan(0);
  });

  test('counts its attempts up and never twice the same', () => {
    check((played) => {
      let last = 0;
      play(played, ({ events }) => {
        const attempts = events.flatMap((event) => (event.type === 'run.step-started' ? [event.data.attempt] : []));
        for (const attempt of attempts) {
          expect(attempt).toBeGreaterThan(last);
          last = attempt;
        }
      });
    });
  });

  test('never has more on its clock than has passed, and never less than before', () => {
    checkEach(({ events, state }) => {
      for (const event of events) {
        if ('elapsedMs' in event.data) expect(event.data.elapsedMs).toBeGreaterThanOrEqual(0);
      }
      expect(state.pausedMs).toBeGreaterThanOrEqual(0);
      expect(state.steps.every(({ startedMs }) => startedMs === null || startedMs >= 0)).toBe(true);
    });
  });
});
