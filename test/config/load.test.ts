import { dirname, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ConfigurationPlace, loadConfiguration } from '../../src/config/load.ts';
import { sayProblem } from '../../src/config/problem.ts';
import { YAML_BYTES_MAX } from '../../src/config/read-yaml.ts';
import { EXAMPLE } from './example.ts';
import { placeWith, runbookText } from './place.ts';

async function problemsAt(place: ConfigurationPlace): Promise<readonly string[]> {
  const loaded = await loadConfiguration(place);
  if (loaded.ok) return [];
  return loaded.problems.map((problem) => sayProblem({ ...problem, file: relative(dirname(place.file), problem.file) }));
}
const RUNBOOK = { 'runbooks/recover-in-15.md': runbookText('recover-in-15') };

describe('loading', () => {
  it('brings the file and its runbooks together', async () => {
    const loaded = await loadConfiguration(
      await placeWith({ 'allclear.yaml': EXAMPLE, ...RUNBOOK, 'runbooks/README.md': '# For people', 'runbooks/notes.txt': 'x' }),
    );
    expect(loaded.ok && Object.keys(loaded.catalog.runbooks)).toEqual(['recover-in-15']);
    expect(loaded.ok && loaded.locate(['services', 'checkout'], true)).toEqual({
      line: EXAMPLE.split('\n').indexOf('  checkout:') + 1,
      column: 3,
    });
  });

  it('needs no runbooks', async () => {
    const loaded = await loadConfiguration(await placeWith({ 'allclear.yaml': 'organization: x\npeople: {}\n' }));
    expect(loaded.ok && loaded.catalog.runbooks).toEqual({});
  });

  it('tells what is wrong in every file at once', async () => {
    const place = await placeWith({
      'allclear.yaml': EXAMPLE.replace('rank: admin', 'rank: king'),
      'runbooks/recover-in-15.md': runbookText('recover-in-15').replace('clock: 15m', 'clock: soon'),
      'runbooks/other.md': 'nothing here',
    });
    const problems = await problemsAt(place);
    expect(problems[0]).toMatch(/^allclear\.yaml:15:11 people\.ana\.rank: Write `observer`/);
    expect(problems.filter((problem) => problem.startsWith('runbooks/other.md:'))).not.toEqual([]);
    expect(problems.filter((problem) => problem.startsWith('runbooks/recover-in-15.md:4:'))).toHaveLength(1);
    expect(problems.filter((problem) => problem.startsWith('allclear.yaml'))).toHaveLength(1);
  });

  it('refuses runbooks that name what the catalog does not have, and two of one id', async () => {
    const step = '## Stop\n\n```step\ndo: switch\nswitch: readonly\nto: 1\nreason: Stop the writes\n```\n';
    const problems = await problemsAt(
      await placeWith({ 'allclear.yaml': EXAMPLE, ...RUNBOOK, 'runbooks/again.md': runbookText('recover-in-15', step) }),
    );
    expect(problems.some((problem) => /^runbooks\/again\.md:7:1 steps\.stop\.switch: .*`readonly`/.test(problem))).toBe(true);
    expect(problems.some((problem) => /^runbooks\/recover-in-15\.md:1:1 id: .*already/.test(problem))).toBe(true);
  });
});

describe('a file that cannot be read', () => {
  it('is told of, with where to say which file is meant', async () => {
    expect(await problemsAt(await placeWith({}))).toEqual([
      'allclear.yaml:1:1 There is no such file. ALLCLEAR_CONFIG says which file is read.',
    ]);
    expect(await problemsAt(await placeWith({ 'allclear.yaml/x': '' }))).toEqual([
      'allclear.yaml:1:1 This is a directory, not a file. ALLCLEAR_CONFIG says which file is read.',
    ]);
  });

  it('may be too large', async () => {
    expect(await problemsAt(await placeWith({ 'allclear.yaml': `# ${'x'.repeat(YAML_BYTES_MAX)}` }))).toEqual([
      'allclear.yaml:1:1 The file is larger than 256 KB. ALLCLEAR_CONFIG says which file is read.',
    ]);
    const place = await placeWith({ 'allclear.yaml': 'organization: x\npeople: {}\n', 'runbooks/long.md': '#'.repeat(1_000_000) });
    expect(await problemsAt(place)).toEqual(['runbooks/long.md:1:1 The file is larger than 192 KB.']);
  });

  it('may be no text', async () => {
    expect(await problemsAt(await placeWith({ 'allclear.yaml': Uint8Array.of(0x61, 0x3a, 0xff, 0xfe) }))).toEqual([
      'allclear.yaml:1:1 The file is not UTF-8 text. ALLCLEAR_CONFIG says which file is read.',
    ]);
  });
});
