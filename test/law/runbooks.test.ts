import { describe, expect, it } from 'vitest';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';
import { filesBelow, textOf } from './repository.ts';

const runbooks = filesBelow('runbooks').filter((path) => path.endsWith('.md') && !path.endsWith('/README.md'));

describe('the shipped runbooks', () => {
  it('include the one for recovering in fifteen minutes', () => {
    expect(runbooks).toContain('runbooks/recover-in-15.md');
  });

  it.each(runbooks)('%s parses, under its own name', (path) => {
    const parsed = parseRunbook(textOf(path), path);
    expect(parsed.ok ? [] : parsed.problems).toEqual([]);
    expect(parsed.ok && `runbooks/${parsed.runbook.id}.md`).toBe(path);
  });
});
