import { describe, expect, test } from 'vitest';
import { checkRunbooks } from '../../src/domain/runbooks/check.ts';
import type { Runbook } from '../../src/domain/runbooks/runbook.ts';
import { HOUR_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { runbookOf, stepOf } from '../support/runbook-build.ts';

function complaints(...runbooks: readonly Runbook[]): readonly (readonly [string, number, string, string])[] {
  return checkRunbooks(runbooks, exampleCatalog).map(({ file, line, path, sentence }) => [file, line, path, sentence] as const);
}
const flip = { do: 'switch', switch: 'read-only', to: 1, reason: 'stop writes', ttlMs: null } as const;

describe('checkRunbooks', () => {
  test('says nothing of what the catalog knows', () => {
    const approved = stepOf('b', { do: 'role', role: 'ops' }, { approve: { role: 'ic', count: 2 } });
    const match = { severity: ['sev1'], service: ['checkout'], alert: ['anything'] };
    expect(complaints({ ...runbookOf([stepOf('a', flip), approved]), match })).toEqual([]);
  });

  test('complains of unknown names where the step is', () => {
    const steps = [
      stepOf('a', { ...flip, switch: 'reed-only' }, { line: 10 }),
      stepOf('b', { do: 'role', role: 'boss' }, { line: 20, approve: { role: 'chief', count: 1 } }),
    ];
    expect(complaints({ ...runbookOf(steps), match: { severity: ['sev0'], service: ['web'], alert: [] } })).toEqual([
      ['lights.md', 1, 'match.severity', 'The catalog has no severity `sev0`. It has `sev1`, `sev2`, `sev3` or `sev4`.'],
      ['lights.md', 1, 'match.service', 'The catalog has no service `web`. It has `checkout` or `search`.'],
      ['lights.md', 10, 'steps.a.switch', 'The catalog has no switch `reed-only`. It has `read-only` or `payments-off`.'],
      ['lights.md', 20, 'steps.b.approve.role', expect.stringMatching(/^The catalog has no role `chief`/)],
      ['lights.md', 20, 'steps.b.role', expect.stringMatching(/^The catalog has no role `boss`/)],
    ]);
  });

  test('complains of what a switch will refuse', () => {
    expect(complaints(runbookOf([stepOf('a', { ...flip, to: 2, ttlMs: 2 * HOUR_MS, reason: 'x' })]))).toEqual([
      ['lights.md', 1, 'steps.a.to', '`read-only` goes up to 1, not to 2.'],
      ['lights.md', 1, 'steps.a.for', '`read-only` may stay on for 1h at most; write less, or remove `for`.'],
      ['lights.md', 1, 'steps.a.reason', expect.stringMatching(/^The reason needs at least 5 characters/)],
    ]);
    expect(complaints(runbookOf([stepOf('a', { ...flip, ttlMs: 1_000 })]))).toEqual([
      ['lights.md', 1, 'steps.a.for', expect.stringMatching(/^A switch stays where it is put for at least 1m/)],
    ]);
  });

  test('complains of a second runbook with the same id', () => {
    expect(complaints(runbookOf([stepOf('a')]), { ...runbookOf([stepOf('a')]), file: 'other.md' })).toEqual([
      ['other.md', 1, 'id', 'lights.md has the id `lights` already; give this runbook another one.'],
    ]);
  });

  test('takes no name that every object has for a switch', () => {
    expect(complaints(runbookOf([stepOf('a', { ...flip, switch: 'constructor' })]))).toHaveLength(1);
  });
});
