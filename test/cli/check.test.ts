import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allclear, folder } from './program.ts';

let place: Awaited<ReturnType<typeof folder>>;
beforeAll(async () => {
  place = await folder(['allclear.yaml', 'runbooks']);
});
afterAll(() => place.remove());

const configuration = (): string => join(place.path, 'allclear.yaml');
const check = () => allclear(['check'], { ALLCLEAR_CONFIG: configuration() });

/** Where `words` stand in a file of the place: `file:line:column`. */
function at(file: string, words: string): string {
  const text = readFileSync(join(place.path, file), 'utf8');
  const before = text.slice(0, text.indexOf(words));
  const column = before.length - before.lastIndexOf('\n');
  return `${join(place.path, file)}:${before.split('\n').length}:${column}`;
}

async function withChange<T>(file: string, [from, to]: readonly [string, string], look: () => Promise<T>): Promise<T> {
  const path = join(place.path, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  try {
    return await look();
  } finally {
    writeFileSync(path, text);
  }
}

describe('allclear check', () => {
  it('passes what is shipped', async () => {
    expect(await check()).toEqual({ code: 0, stdout: 'Everything is in order.\n', stderr: '' });
    expect(await allclear(['check'])).toMatchObject({ code: 0 });
  });

  it('fails on a mistake in allclear.yaml, and says where it is', async () => {
    const found = await withChange('allclear.yaml', ['rank: observer', 'rank: sleeper'], async () => ({
      ...(await check()),
      place: at('allclear.yaml', 'sleeper'),
    }));
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`error: ${found.place}`);
    expect(found.stdout).toMatch(/^\d+ errors, \d+ warnings\.$/m);
  });

  it('fails on a runbook that asks for what there is not', async () => {
    const { code, stdout } = await withChange('runbooks/recover-in-15.md', ['switch: read-only', 'switch: read-onyl'], check);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error: .*runbooks\/recover-in-15\.md:\d+:\d+.*read-onyl/m);
  });

  it('fails on YAML that is none, and on a file that is not there', async () => {
    const broken = await withChange('allclear.yaml', ['people:', 'people: ['], check);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toMatch(/^error: .*allclear\.yaml:\d+:\d+/m);
    const absent = await allclear(['check'], { ALLCLEAR_CONFIG: join(place.path, 'absent.yaml') });
    expect(absent.code).toBe(1);
    expect(absent.stdout).toMatch(/^error: .*absent\.yaml:1:1.*ALLCLEAR_CONFIG/m);
  });

  it('warns without failing', async () => {
    const { code, stdout } = await withChange('allclear.yaml', ['    policy: payments\n', ''], check);
    expect(stdout).toMatch(/^warning: .*allclear\.yaml:\d+:\d+.*`platform` is paged for it/m);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^0 errors, \d+ warnings\.$/m)]);
  });
});

describe('allclear oncall', () => {
  it('lists the shifts of every schedule, from the files alone', async () => {
    const { code, stdout } = await allclear(['oncall', '--days', '10'], { ALLCLEAR_CONFIG: configuration() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Payments on call \(Europe\/Berlin\)$/m);
    expect(stdout).toMatch(/^ {2}\d{4}-\d\d-\d\d \d\d:\d\d – .* {2}(Bo Berg|Cy Okafor)$/m);
    expect(stdout).not.toContain('NOBODY');
  });

  it('shows when nobody is', async () => {
    const { code, stdout } = await withChange(
      'allclear.yaml',
      ['people: [dee, ana]\n', 'people: [dee, ana]\n        restrictions:\n          - { from: "08:00", to: "18:00" }\n'],
      () => allclear(['oncall'], { ALLCLEAR_CONFIG: configuration() }),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/18:00 – \d{4}-\d\d-\d\d 20:00 {2}NOBODY$/m);
  });
});
