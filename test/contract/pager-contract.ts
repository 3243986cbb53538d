import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attempt, PageNotice, Pager } from '../../src/engine/ports.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';

/** What the far end does with the next messages. */
export type FarEnd = 'takes' | 'is busy' | 'refuses' | 'knows no such sender' | 'takes and says nothing' | 'hangs up instead of an answer';
export interface Received {
  /** What the far end tells repeats by. */
  readonly key: string;
  /** Everything that was said, decoded. */
  readonly text: string;
}
export interface PagerBench {
  readonly pager: Pager;
  readonly received: readonly Received[];
  behave(farEnd: FarEnd): void;
  /** Nobody listens any more. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

const ana = exampleCatalog.people['ana'];
if (ana === undefined) throw new Error('the example catalog has lost ana');
export const person: PageNotice['person'] = { id: ana.id, name: ana.name, email: ana.email, phone: ana.phone, webhook: null };

export function noticeTo(to: PageNotice['person'], override: Partial<PageNotice> = {}): PageNotice {
  return {
    page: '42-1',
    incident: 42,
    person: to,
    title: 'Checkout is down',
    subject: '[SEV1] inc-42 Checkout is down',
    document: {
      blocks: [
        { kind: 'heading', text: [{ kind: 'plain', text: 'inc-42 Checkout is down' }] },
        {
          kind: 'text',
          text: [
            { kind: 'plain', text: 'Declared by ' },
            { kind: 'person', id: 'bo' },
            { kind: 'plain', text: ' <b>& now</b>' },
          ],
        },
        { kind: 'buttons', buttons: [{ label: 'Acknowledge', command: 'ack 42-1', style: 'primary' }] },
      ],
    },
    acknowledgeUrl: 'https://allclear.example.org/ack/v1.abc-def_0.xyz',
    consoleUrl: 'https://allclear.example.org/incidents/42',
    level: 1,
    startedAt: NOW,
    ...override,
  };
}
export function attemptOf(key = '17-0', signal: AbortSignal = new AbortController().signal): Attempt {
  return { key, number: 1, signal };
}

/** What every way to wake a person promises, whatever it is made of. `open` starts one with a far end that takes what comes. */
export function pagerContract(
  name: string,
  open: () => Promise<PagerBench>,
  reachable: PageNotice['person'],
  unreachable: PageNotice['person'] | null,
): void {
  describe(`the ${name} pager`, () => {
    let bench: PagerBench;
    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());
    const page = (override: Partial<PageNotice> = {}, attempt = attemptOf()): ReturnType<Pager['page']> =>
      bench.pager.page(noticeTo(reachable, override), attempt);

    it('is called what notification rules call it', () => expect(bench.pager.name).toBe(name));

    it('says what it is about', async () => {
      expect(await page()).toEqual({ outcome: 'done' });
      expect(bench.received).toHaveLength(1);
      expect(bench.received[0]?.text).toContain('[SEV1] inc-42 Checkout is down');
      expect(bench.received[0]?.text).toContain('Bo Berg');
    });

    it('lets the far end see that a repeat is one, and that another page is not', async () => {
      await page();
      await page({}, attemptOf('17-0'));
      await page({}, attemptOf('18-0'));
      const [first, repeat, other] = bench.received.map(({ key }) => key);
      expect(first).toBeTruthy();
      expect(repeat).toBe(first);
      expect(other).not.toBe(first);
    });

    it('keeps the text of people from becoming anything else', async () => {
      const title = 'x\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script> 💥';
      expect(await page({ title, subject: `[SEV1] inc-42 ${title}` })).toEqual({ outcome: 'done' });
      expect(bench.received).toHaveLength(1);
      expect(bench.received[0]?.text).not.toMatch(/^Bcc:/m);
      expect(bench.received[0]?.text).toContain('💥');
    });

    it('tries again later when the far end is busy', async () => {
      bench.behave('is busy');
      expect(await page()).toMatchObject({ outcome: 'retry', reason: 'server' });
      bench.behave('takes');
      expect(await page()).toEqual({ outcome: 'done' });
    });

    it('gives up when the far end refuses for good', async () => {
      bench.behave('refuses');
      expect(await page()).toMatchObject({ outcome: 'dead', reason: 'client' });
    });

    it('gives up when the far end does not let us in', async () => {
      bench.behave('knows no such sender');
      expect(await page()).toMatchObject({ outcome: 'dead', reason: 'auth' });
    });

    it('tries again when nobody is there', async () => {
      await bench.leave();
      expect(await page()).toMatchObject({ outcome: 'retry', reason: 'unreachable' });
    });

    it('does not know what became of a page that was taken without a word', async () => {
      bench.behave('takes and says nothing');
      expect(await page()).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
      expect(bench.received).toHaveLength(1);
    });

    it('does not know what became of a page when the far end hung up', async () => {
      bench.behave('hangs up instead of an answer');
      expect(await page()).toMatchObject({ outcome: 'unknown' });
      bench.behave('takes');
      expect(await page()).toEqual({ outcome: 'done' });
      expect(bench.received).toHaveLength(2);
    });

    it('stops at once when its time is up', async () => {
      bench.behave('takes and says nothing');
      const controller = new AbortController();
      const paging = page({}, attemptOf('17-0', controller.signal));
      await expect.poll(() => bench.received.length).toBe(1);
      controller.abort();
      expect(await paging).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
    });

    it('does not begin when its time is up before', async () => {
      expect(await page({}, attemptOf('17-0', AbortSignal.abort()))).toMatchObject({ outcome: 'retry', reason: 'timeout' });
      expect(bench.received).toEqual([]);
    });

    it('says of whom it cannot reach why, and does not try', async () => {
      expect(bench.pager.unreachable(reachable)).toBeNull();
      if (unreachable === null) return;
      expect(bench.pager.unreachable(unreachable)).toMatch(/\S+ \S+/);
      expect(await bench.pager.page(noticeTo(unreachable), attemptOf())).toMatchObject({ outcome: 'dead', reason: 'client' });
      expect(bench.received).toEqual([]);
    });

    it('carries many pages at once', async () => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => page({}, attemptOf(`${index}-0`))));
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['done']));
      expect(new Set(bench.received.map(({ key }) => key)).size).toBe(20);
    });

    it('tells nothing secret of what went wrong', async () => {
      for (const farEnd of ['is busy', 'refuses', 'knows no such sender'] as const) {
        bench.behave(farEnd);
        expect(JSON.stringify(await page())).not.toMatch(/hunter2|v1\.abc/);
      }
    });
  });
}
