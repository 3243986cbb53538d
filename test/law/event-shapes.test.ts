import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { domains } from '../../src/domain/registry.ts';
import { compareShapes, eventShapes } from './event-shapes.ts';

const LOCK = join(import.meta.dirname, 'events.lock.json');

describe('the published shapes of events', () => {
  it('never change and never vanish; new ones are added with `npm run docs`', () => {
    const present = eventShapes(domains);
    const published = existsSync(LOCK) ? z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(LOCK, 'utf8'))) : {};
    const { changed, vanished, added } = compareShapes(published, present);
    expect(changed, 'changed shapes: raise `schema` of the row and add an `upcast` instead').toEqual([]);
    expect(vanished, 'old ledgers still hold these: keep the row').toEqual([]);
    if (process.env['ALLCLEAR_UPDATE'] === '1' && added.length > 0) {
      const all = Object.entries({ ...published, ...present }).sort(([a], [b]) => (a < b ? -1 : 1));
      writeFileSync(LOCK, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
    } else {
      expect(added, 'run `npm run docs` and commit test/law/events.lock.json').toEqual([]);
    }
  });

  it('would be defended against an edited, a removed and a downgraded row', () => {
    const published = { 'a.done@1': 'x', 'b.done@2': 'y', 'c.done@1': 'z' };
    expect(compareShapes(published, { 'a.done@1': 'other', 'b.done@1': 'y', 'd.done@1': 'w' })).toEqual({
      changed: ['a.done@1'],
      vanished: ['b.done@2', 'c.done@1'],
      added: ['b.done@1', 'd.done@1'],
    });
    expect(compareShapes(published, { 'a.done@2': 'new', 'b.done@2': 'y', 'c.done@1': 'z' })).toEqual({
      changed: [],
      vanished: [],
      added: ['a.done@2'],
    });
  });
});
