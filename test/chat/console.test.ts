import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsolePlatform, createConsolePlatform, WORDS_CHARS_MAX } from '../../src/chat/console/platform.ts';
import { createWatchers, WATCHERS_MAX } from '../../src/chat/console/watchers.ts';
import { ANSWERS_KEPT_MAX, createIntake } from '../../src/chat/intake.ts';
import type { Heard, Reply } from '../../src/engine/ports.ts';
import { type OpenedStore, openSqliteStore } from '../../src/store/sqlite.ts';
import { fakeClock } from '../support/fake-clock.ts';

const NOW = Date.parse('2026-03-02T03:00:00Z');
let opened: OpenedStore;
beforeEach(async () => {
  opened = await openSqliteStore(':memory:');
});
afterEach(() => opened.store.close());

function open(clock = fakeClock(NOW)): ConsolePlatform {
  return createConsolePlatform({
    database: opened.database.$pickTables<'console_messages'>(),
    clock,
    roomUrl: (incident) => `/incidents/${incident}`,
  });
}
function heardUnder(key: string): Heard {
  return { platform: 'console', key, person: 'ana', userName: 'Ana', incident: 1, said: { kind: 'words', words: 'ack' } };
}
const REPLY: Reply = { ok: true, quiet: true, document: { blocks: [] } };

describe('the rooms of the console', () => {
  it('keep their order while the clock stands still or goes back', async () => {
    const clock = fakeClock(NOW);
    const platform = open(clock);
    for (const [index, jumpMs] of [0, 0, -60_000, 0, 30_000].entries()) {
      clock.jump(jumpMs);
      await platform.post({ key: String(index), incident: 1, person: 'ana', text: `message ${index}` });
    }
    const texts = (await platform.messages(1, 10)).map(({ document }) => JSON.stringify(document));
    expect(texts.map((text) => /message \d/.exec(text)?.[0])).toEqual([0, 1, 2, 3, 4].map((index) => `message ${index}`));
  });

  it('look the same after a restart, and a repeat from before it shows nothing twice', async () => {
    const before = open();
    const id = await before.post({ key: 'k', incident: 1, person: 'ana', text: 'hello' });
    const after = open();
    expect(await after.post({ key: 'k', incident: 1, person: 'ana', text: 'hello' })).toBe(id);
    expect(await after.messages(1, 10)).toEqual(await before.messages(1, 10));
    expect(await after.messages(1, 10)).toHaveLength(1);
    expect(await after.messages(2, 10)).toEqual([]);
  });

  it('hold no secret that was pasted, and no more than a room can take', async () => {
    const platform = open();
    await platform.post({ key: '1', incident: 1, person: 'ana', text: 'password=hunter2hunter2' });
    await platform.post({ key: '2', incident: 1, person: 'ana', text: 'word '.repeat(WORDS_CHARS_MAX) });
    const [first, second] = await platform.messages(1, 10);
    expect(JSON.stringify(first?.document)).not.toContain('hunter2');
    expect(JSON.stringify(second?.document).length).toBeLessThan(WORDS_CHARS_MAX + 200);
  });

  it('give the newest messages when there are more than wanted', async () => {
    const platform = open();
    for (let index = 0; index < 5; index += 1)
      await platform.post({ key: String(index), incident: 1, person: 'ana', text: `message ${index}` });
    const shown = await platform.messages(1, 2);
    expect(JSON.stringify(shown)).toMatch(/message 3.*message 4/);
  });

  it('let a name be marked once, by whomever asks first', async () => {
    const platform = open();
    expect(await platform.isMarked('link')).toBe(false);
    expect((await Promise.all([platform.mark('link'), platform.mark('link'), open().mark('link')])).filter(Boolean)).toHaveLength(1);
    expect(await open().isMarked('link')).toBe(true);
  });
});

describe('what people send', () => {
  it('is not heard before the start and after the stop', async () => {
    const platform = open();
    expect(platform.hear(heardUnder('1'))).toBeNull();
    await platform.start(async () => REPLY);
    expect(await platform.hear(heardUnder('1'))).toBe(REPLY);
    await platform.stop();
    expect(platform.hear(heardUnder('2'))).toBeNull();
  });

  it('is heard once while the first is still being answered', async () => {
    const intake = createIntake();
    let calls = 0;
    intake.open(async () => {
      calls += 1;
      return REPLY;
    });
    await Promise.all([intake.hear(heardUnder('1')), intake.hear(heardUnder('1'))]);
    expect(calls).toBe(1);
  });

  it('is remembered up to a limit, the oldest forgotten first', async () => {
    const intake = createIntake();
    const heard: string[] = [];
    intake.open(async ({ key }) => {
      heard.push(key);
      return REPLY;
    });
    for (let index = 0; index <= ANSWERS_KEPT_MAX; index += 1) await intake.hear(heardUnder(`${index}`));
    await intake.hear(heardUnder(`${ANSWERS_KEPT_MAX}`));
    await intake.hear(heardUnder('0'));
    expect(heard.filter((key) => key === '0')).toHaveLength(2);
    expect(heard).toHaveLength(ANSWERS_KEPT_MAX + 2);
  });
});

describe('who watches', () => {
  it('is told until they leave, and there is room for few', () => {
    const watchers = createWatchers();
    const seen: string[] = [];
    const see = ({ kind }: { readonly kind: string }): void => void seen.push(kind);
    const leave = Array.from({ length: WATCHERS_MAX }, () => watchers.watch(see));
    expect(watchers.watch(see)).toBeNull();
    watchers.tell({ kind: 'card', incident: 1 });
    expect(seen).toHaveLength(WATCHERS_MAX);
    for (const stop of leave) stop?.();
    watchers.tell({ kind: 'card', incident: 1 });
    expect(seen).toHaveLength(WATCHERS_MAX);
    expect(watchers.watch(see)).not.toBeNull();
  });
});
