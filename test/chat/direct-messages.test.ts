import { describe, expect, it } from 'vitest';
import { createDirectMessages } from '../../src/chat/direct-messages.ts';
import type { Attempt, Outcome, Platform } from '../../src/engine/ports.ts';
import { fakeClock } from '../support/fake-clock.ts';

const DONE: Outcome = { outcome: 'done' };
const DOWN: Outcome = { outcome: 'retry', reason: 'unreachable', detail: 'nobody listens' };
const UNKNOWN_HERE: Outcome = { outcome: 'dead', reason: 'client', detail: 'nobody by that name' };
const document = { blocks: [] };
const bug = (fault: unknown): never => {
  throw fault;
};
const attempt: Attempt = { key: '7-0', number: 1, signal: new AbortController().signal };

function world(...answers: readonly Outcome[]) {
  const clock = fakeClock(1_000);
  const asked: string[] = [];
  const platform = (name: string, answer: () => Promise<Outcome>): Pick<Platform, 'deliver'> => ({
    deliver(promise, { key }) {
      asked.push(`${name} ${promise.kind} ${key}`);
      return answer();
    },
  });
  const platforms = answers.map((answer, index) => platform(`platform ${index + 1}`, async () => answer));
  const fallback = platform('console', async () => DONE);
  return { clock, asked, platform, fallback, messages: createDirectMessages({ platforms, fallback, clock, bug }) };
}

describe('a direct message', () => {
  it('goes to the first platform alone when that takes it', async () => {
    const { messages, asked } = world(DONE, DONE);
    expect(await messages.deliver('bo', document, attempt)).toEqual(DONE);
    expect(asked).toEqual(['platform 1 direct 7-0']);
  });

  it('goes to the next one when the first is down, or does not know the person', async () => {
    for (const first of [DOWN, UNKNOWN_HERE]) {
      const { messages, asked } = world(first, DONE);
      expect(await messages.deliver('bo', document, attempt)).toEqual(DONE);
      expect(asked).toEqual(['platform 1 direct 7-0', 'platform 2 direct 7-0']);
    }
  });

  it('is read on the console by those whom nobody else knows', async () => {
    const { messages, asked } = world(UNKNOWN_HERE, UNKNOWN_HERE);
    expect(await messages.deliver('bo', document, attempt)).toEqual(DONE);
    expect(asked.at(-1)).toBe('console direct 7-0');
  });

  it('has failed when nobody took it and one might have', async () => {
    const { messages, asked } = world(UNKNOWN_HERE, DOWN);
    expect(await messages.deliver('bo', document, attempt)).toEqual(DOWN);
    expect(asked).toHaveLength(2);
  });

  it('does not wait for a platform that says nothing', async () => {
    const { clock, asked, platform, fallback } = world();
    const silent = platform('silent', () => new Promise(() => undefined));
    const other = platform('other', async () => DONE);
    const messages = createDirectMessages({ platforms: [silent, other], fallback, clock, bug });
    const delivered = messages.deliver('bo', document, attempt);
    await clock.advance(2_999, async () => undefined);
    expect(asked).toEqual(['silent direct 7-0']);
    await clock.advance(1, async () => undefined);
    expect(await delivered).toEqual(DONE);
  });

  it('goes to the next one when there is a mistake in the first, and the mistake is told', async () => {
    const { clock, platform, fallback } = world();
    const bugs: unknown[] = [];
    const platforms = [platform('broken', () => Promise.reject(new TypeError('x is undefined'))), platform('other', async () => DONE)];
    const messages = createDirectMessages({ platforms, fallback, clock, bug: (fault) => void bugs.push(fault) });
    expect(await messages.deliver('bo', document, attempt)).toEqual(DONE);
    expect(bugs).toEqual([new TypeError('x is undefined')]);
  });

  it('is done when the slow one takes it after all', async () => {
    const { clock, platform, fallback } = world();
    const slow = Promise.withResolvers<Outcome>();
    const platforms = [platform('slow', () => slow.promise), platform('down', async () => DOWN)];
    const delivered = createDirectMessages({ platforms, fallback, clock, bug }).deliver('bo', document, attempt);
    await clock.advance(3_000, async () => undefined);
    slow.resolve(DONE);
    expect(await delivered).toEqual(DONE);
  });
});
