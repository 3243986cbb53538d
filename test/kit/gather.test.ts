import { describe, expect, it } from 'vitest';
import { gathered } from '../../src/kit/gather.ts';

describe('gathered', () => {
  function asking() {
    const asked: (readonly number[])[] = [];
    const ends: ((fault?: Error) => void)[] = [];
    const ask = gathered((items: readonly number[]) => {
      asked.push(items);
      return new Promise<readonly string[]>((resolve, reject) => {
        ends.push((fault) => (fault === undefined ? resolve(items.map((item) => `about ${item}`)) : reject(fault)));
      });
    });
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    return { ask, asked, ends, turn };
  }

  it('asks once for what comes in one turn, and for what came while a question was under way', async () => {
    const { ask, asked, ends, turn } = asking();
    const first = [ask(1), ask(2)];
    await turn();
    const next = [ask(3), ask(4)];
    await turn();
    expect(asked).toEqual([[1, 2]]);
    ends[0]?.();
    expect(await Promise.all(first)).toEqual(['about 1', 'about 2']);
    await turn();
    expect(asked).toEqual([
      [1, 2],
      [3, 4],
    ]);
    ends[1]?.();
    expect(await Promise.all(next)).toEqual(['about 3', 'about 4']);
    const late = ask(5);
    await turn();
    ends[2]?.();
    expect(await late).toBe('about 5');
  });

  it('tells all of a question that it failed, and asks the next one', async () => {
    const { ask, ends, turn } = asking();
    const first = Promise.allSettled([ask(1), ask(2)]);
    await turn();
    const next = ask(3);
    ends[0]?.(new Error('away'));
    expect((await first).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turn();
    ends[1]?.();
    expect(await next).toBe('about 3');
  });

  it('keeps a question within 256 items', async () => {
    const { ask, asked, ends, turn } = asking();
    const all = Promise.all(Array.from({ length: 300 }, (_unused, index) => ask(index)));
    await turn();
    ends[0]?.();
    await turn();
    ends[1]?.();
    await all;
    expect(asked.map(({ length }) => length)).toEqual([256, 44]);
  });
});
