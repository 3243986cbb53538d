import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkRunbooks } from '../../src/domain/runbooks/check.ts';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';
import { planRun } from '../../src/domain/runbooks/plan.ts';
import type { Runbook } from '../../src/domain/runbooks/runbook.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';

const folder = new URL('../../runbooks/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
const runbooks = files.map((name): Runbook => {
  const read = parseRunbook(readFileSync(new URL(name, folder), 'utf8'), name);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.runbook;
});
const recover = runbooks.find(({ id }) => id === 'recover-in-15');

/** Minutes that people plan to spend when they answer so. */
function minutes(runbook: Runbook, answers: Readonly<Record<string, string>>): number {
  const coming = planRun(runbook, answers).filter(({ runs }) => runs === 'yes');
  return coming.reduce((sum, { budgetMs }) => sum + (budgetMs ?? 0), 0) / MINUTE_MS;
}

describe('the runbooks that come with Allclear', () => {
  test('are four, named like their files, and know the example catalog', () => {
    expect(files.toSorted()).toEqual(['bad-deploy.md', 'database-overloaded.md', 'dependency-down.md', 'recover-in-15.md']);
    expect(runbooks.map(({ id, file }) => `${id}.md` === file)).toEqual(runbooks.map(() => true));
    expect(checkRunbooks(runbooks, exampleCatalog)).toEqual([]);
  });

  test.each(runbooks)('$id says something to people in every step, short enough for a phone', ({ steps }) => {
    for (const { prose, title } of steps) {
      expect(prose.length, title).toBeGreaterThan(60);
      expect(prose.length, title).toBeLessThan(1_400);
    }
  });

  test.each(runbooks)('$id reaches every step by some choice or jump', (runbook) => {
    const goes = new Set([
      ...runbook.checkpoints.flatMap(({ options }) => options.map(({ go }) => go)),
      ...runbook.steps.flatMap(({ does }) => (does.do === 'choose' ? does.options.map(({ go }) => go) : [])),
    ]);
    const never = planRun(runbook).filter(({ id, runs }) => runs === 'no' && !goes.has(id));
    expect(never).toEqual([]);
  });
});

describe('Recover in 15', () => {
  test.each(['roll-back', 'read-only', 'shed-load', 'kill-payments', 'fail-over'])('fits its clock when people choose %s', (way) => {
    if (recover === undefined) throw new Error('it is missing');
    const spent = minutes(recover, { 'confirm-it': 'real', 'ask-what-changed': way, 'is-it-over': 'recovered', 'watch-it': 'holds' });
    expect(spent).toBeGreaterThan(12);
    expect(spent).toBeLessThanOrEqual(15);
    expect(recover.clockMs).toBe(15 * MINUTE_MS);
  });

  test('has roles filled and customers told within two minutes', () => {
    const early = recover?.steps.slice(0, 4).map(({ does }) => does.do);
    expect(early).toEqual(['choose', 'role', 'role', 'update']);
    expect((recover?.steps.slice(0, 4) ?? []).reduce((sum, { budgetMs }) => sum + (budgetMs ?? 0), 0)).toBe(2 * MINUTE_MS);
  });

  test('stops three times to decide: go on, roll back, read-only, kill or escalate', () => {
    expect(recover?.checkpoints.map(({ id }) => id)).toEqual(['5m', '10m', '15m']);
    for (const { options } of recover?.checkpoints ?? []) {
      expect(options.map(({ id }) => id)).toEqual(['go-on', 'roll-back', 'read-only', 'kill', 'escalate']);
      expect(options.filter(({ go }) => go === null).map(({ id }) => id)).toEqual(['go-on']);
    }
  });
});
