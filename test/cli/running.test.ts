import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runningBot, sayRunning } from '../../src/cli/running.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'allclear-running-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const bot = (name: string) => ({ url: `http://${name}:3000`, token: name.repeat(32), pid: 1 });

// The replicas of compose.yaml share a volume, and each is process 1 of a machine of its own.
describe('what bots on one data directory say of themselves', () => {
  it('leads programs of each machine to the bot beside them', () => {
    sayRunning(directory, bot('a'), 'one');
    sayRunning(directory, bot('b'), 'two');
    expect([runningBot(directory, 'one'), runningBot(directory, 'two')]).toEqual([bot('a'), bot('b')]);
  });

  it('stays when another one stops', () => {
    const takeBackFirst = sayRunning(directory, bot('a'), 'one');
    const takeBackSecond = sayRunning(directory, bot('b'), 'two');
    takeBackFirst();
    expect([runningBot(directory, 'one'), runningBot(directory, 'two')]).toEqual([bot('b'), bot('b')]);
    takeBackSecond();
    expect(runningBot(directory, 'two')).toBeNull();
  });

  it('is found from a machine that has another name now, as long as it runs', () => {
    const takeBack = sayRunning(directory, bot('a'), 'one');
    expect(runningBot(directory, 'renamed')).toEqual(bot('a'));
    takeBack();
    expect(runningBot(directory, 'renamed')).toBeNull();
  });

  it('is kept in the directory, whatever a machine calls itself', () => {
    sayRunning(directory, bot('a'), '../elsewhere/é');
    expect(runningBot(directory, '../elsewhere/é')).toEqual(bot('a'));
  });
});
