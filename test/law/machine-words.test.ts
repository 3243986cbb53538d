import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './repository.ts';

/** Words that are true on one machine only. */
const MACHINE_WORDS: readonly (readonly [string, RegExp])[] = [
  ['a path of one machine', /(?:^|[\s"'`(=:[])\/(?:work|home|root|Users|mnt)\/[a-z]/m],
  ['a path of one machine', /\b[A-Z]:\\\\?Users\\/],
  ['the address of a package registry', /registry\.npmjs|registry\.yarnpkg|npm\.pkg\.github|\bartifactory\b/i],
  ['where a package was downloaded', /"resolved":/],
];
const IMAGES = /\.(?:png|ico|jpe?g|gif|webp|woff2?|db)$/;
/** This file has to name what it looks for. */
const SELF = 'test/law/machine-words.test.ts';

function complaintsAbout(text: string): readonly string[] {
  return MACHINE_WORDS.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
}

describe('the project', () => {
  it('names nothing that is true on one machine only', () => {
    const files = filesBelow().filter((path) => path !== SELF && !IMAGES.test(path));
    const complaints = files.flatMap((path) => complaintsAbout(textOf(path)).map((what) => `${path} names ${what}`));
    expect(files).toContain('package-lock.json');
    expect(complaints).toEqual([]);
  });

  it.each([
    'cd /home/ana/allclear',
    '"/work/x"',
    '"C:\\\\Users\\\\ana"',
    '"resolved": "https://example.com"',
    'https://registry.npmjs.org',
  ])('would be caught saying %s', (text) => {
    expect(complaintsAbout(text)).toHaveLength(1);
  });
});
