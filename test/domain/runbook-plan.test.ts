import { describe, expect, test } from 'vitest';
import { planRun } from '../../src/domain/runbooks/plan.ts';
import { chooseOf, runbookOf, stepOf } from '../support/runbook-build.ts';

const when = (step: string, ...chose: readonly string[]) => ({ when: { step, chose } });
function fates(
  runbook: ReturnType<typeof runbookOf>,
  answers: Readonly<Record<string, string>> = {},
): readonly (readonly [string, string])[] {
  return planRun(runbook, answers).map(({ id, runs }) => [id, runs] as const);
}

describe('planRun', () => {
  const forked = runbookOf([
    chooseOf('way', 'left', 'right'),
    stepOf('go-left', undefined, when('way', 'left')),
    stepOf('go-right', undefined, when('way', 'right')),
    stepOf('arrive'),
  ]);

  test('leaves open what hangs on a choice nobody has made', () => {
    expect(fates(forked)).toEqual([
      ['way', 'yes'],
      ['go-left', 'depends'],
      ['go-right', 'depends'],
      ['arrive', 'yes'],
    ]);
    expect(planRun(forked)[1]?.because).toBe('only after left at “Step way”');
  });

  test('follows the answers', () => {
    expect(fates(forked, { way: 'left' })).toEqual([
      ['way', 'yes'],
      ['go-left', 'yes'],
      ['go-right', 'no'],
      ['arrive', 'yes'],
    ]);
    expect(planRun(forked, { way: 'left' })[2]?.because).toBe('only after right, and left was chosen');
  });

  test('leaves out what a jump leads past, and what hangs on that', () => {
    const jumping = runbookOf([
      chooseOf('first', 'on', ['skip', 'end']),
      chooseOf('second', 'a', 'b'),
      stepOf('third', undefined, when('second', 'a')),
      stepOf('end'),
      stepOf('after', undefined, when('second', 'a')),
    ]);
    expect(fates(jumping, { first: 'skip', second: 'a' })).toEqual([
      ['first', 'yes'],
      ['second', 'no'],
      ['third', 'no'],
      ['end', 'yes'],
      ['after', 'no'],
    ]);
    expect(planRun(jumping, { first: 'skip' })[1]?.because).toBe('“Step first” leads past it');
    expect(planRun(jumping, { first: 'skip' })[4]?.because).toBe('“Step second” does not come');
  });

  test('keeps what hangs on a step that itself depends open', () => {
    const nested = runbookOf([
      chooseOf('outer', 'a', 'b'),
      { ...chooseOf('inner', 'c', 'd'), ...when('outer', 'a') },
      stepOf('leaf', undefined, when('inner', 'c')),
    ]);
    expect(fates(nested, { inner: 'c' })).toEqual([
      ['outer', 'yes'],
      ['inner', 'depends'],
      ['leaf', 'depends'],
    ]);
  });

  test('goes on after a jump back, which it cannot foresee', () => {
    const back = runbookOf([stepOf('one'), chooseOf('again', 'no', ['yes', 'one']), stepOf('end')]);
    expect(fates(back, { again: 'yes' }).map(([, runs]) => runs)).toEqual(['yes', 'yes', 'yes']);
  });

  test('says what each kind of step would do', () => {
    const look = {
      do: 'http',
      method: 'POST',
      url: 'https://a.example/x',
      headers: {},
      body: null,
      expectStatus: [],
      timeoutMs: 1_000,
    } as const;
    const plan = planRun(
      runbookOf([
        stepOf('a'),
        chooseOf('b', 'left', 'right'),
        stepOf('c', { do: 'approve' }, { approve: { role: null, count: 2 } }),
        stepOf('d', { do: 'wait-for', url: 'https://a.example/up', status: 204, everyMs: 1_000, timeoutMs: 90_000 }),
        stepOf('e', look, { approve: { role: 'ic', count: 2 }, budgetMs: 60_000 }),
        stepOf('f', { do: 'switch', switch: 'read-only', to: 1, reason: 'x', ttlMs: 3_600_000 }, { approve: { role: 'ic', count: 1 } }),
        stepOf('g', { do: 'switch', switch: 'search', to: 2, reason: 'x', ttlMs: null }, { approve: { role: null, count: 1 } }),
        stepOf('h', { do: 'switch', switch: 'search', to: 0, reason: 'x', ttlMs: null }),
        stepOf('i', { do: 'role', role: 'ic' }),
        stepOf('j', { do: 'update', text: 'Two\nlines' }),
      ]),
    );
    expect(plan.map(({ does, approval }) => [does, approval])).toEqual([
      ['People do it and say so', null],
      ['People choose: left, right', null],
      ['People approve before the run goes on', '2 people'],
      ['Wait up to 1m 30s until https://a.example/up answers 204', null],
      ['POST https://a.example/x', '2 people, ic among them'],
      ['Ask for the switch read-only on for 1h', 'ic'],
      ['Ask for the switch search at 2', 'one person'],
      ['Ask for the switch search off', null],
      ['Fill the role ic', null],
      ['Post the status update: Two lines', null],
    ]);
    expect(plan[4]?.budgetMs).toBe(60_000);
  });
});
