import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LANES, type Lane, type Queue } from '../../src/engine/store-port.ts';
import { HOUR_MS } from '../../src/kit/duration.ts';

export interface QueueUnderTest {
  open(nextDue: (lane: Lane) => Promise<number | null>, failed: (fault: unknown, lane: Lane) => void): Queue;
  now(): number;
  /** Lets so much time pass, and everything happen that follows from it. */
  passes(ms: number): Promise<void>;
  /** Real time and a hint of somebody else's: on a busy machine both may lead to a look. A look too many finds nothing and costs little. */
  readonly mayLookTwice?: boolean;
}

/** What every queue promises; each implementation runs this unchanged. */
export function queueContract(name: string, under: () => QueueUnderTest): void {
  describe(`the queue ${name}`, () => {
    let time: QueueUnderTest;
    let queue: Queue;
    let looked: Lane[];
    let failures: Lane[];
    let due: Map<Lane, number>;
    let deliver: (lane: Lane) => Promise<void>;
    beforeEach(async () => {
      time = under();
      looked = [];
      failures = [];
      due = new Map();
      deliver = async () => undefined;
      const nextDue = async (lane: Lane): Promise<number | null> => due.get(lane) ?? null;
      queue = time.open(nextDue, (_fault, lane) => failures.push(lane));
      await queue.start(async (lane) => {
        looked.push(lane);
        // What is due is taken by looking.
        if ((due.get(lane) ?? Number.POSITIVE_INFINITY) <= time.now()) due.delete(lane);
        await deliver(lane);
      });
      await time.passes(0);
    });
    afterEach(async () => {
      const stopping = queue.stop(0);
      await time.passes(10);
      await stopping;
    });

    const looks = (): readonly Lane[] => {
      const all = looked.splice(0);
      return time.mayLookTwice === true ? [...new Set(all)] : all;
    };
    /** A delivery that ends when it is told to. */
    function held(): { readonly end: () => void; readonly underWay: () => number } {
      let ends: (() => void)[] = [];
      deliver = () => new Promise((resolve) => ends.push(resolve));
      const end = (): void => {
        for (const one of ends) one();
        ends = [];
      };
      return { end, underWay: () => ends.length };
    }

    it('looks into every lane at the start, for what came due while nobody was there', () => {
      expect([...looks()].sort()).toEqual([...LANES].sort());
    });

    it('looks at once when something due was committed, and only there', async () => {
      looks();
      queue.wake('pages', time.now());
      await time.passes(0);
      expect(looks()).toEqual(['pages']);
    });

    it('looks at once when there is room again', async () => {
      looks();
      queue.look('chat');
      await time.passes(0);
      expect(looks()).toEqual(['chat']);
    });

    it('looks when the time comes, and not before', async () => {
      looks();
      // Far enough apart for real time on a busy machine.
      queue.wake('asks', time.now() + 1_500);
      await time.passes(400);
      expect(looks()).toEqual([]);
      await time.passes(2_000);
      expect(looks()).toEqual(['asks']);
      await time.passes(2_000);
      expect(looks()).toEqual([]);
    });

    it.each([
      ['the earlier comes second', [2_400, 300]],
      ['the earlier comes first', [300, 2_400]],
    ])('lets the earliest wish win: %s', async (_order, [one = 0, other = 0]) => {
      looks();
      const start = time.now();
      due.set('asks', start + 2_400);
      queue.wake('asks', start + one);
      queue.wake('asks', start + other);
      await time.passes(1_200);
      expect(looks()).toEqual(['asks']);
      await time.passes(2_000);
      expect(looks()).toEqual(['asks']);
    });

    it('asks after each look when to look again', async () => {
      looks();
      due.set('chat', time.now() + 400);
      queue.wake('chat', time.now());
      await time.passes(0);
      expect(looks()).toEqual(['chat']);
      await time.passes(1_200);
      expect(looks()).toEqual(['chat']);
    });

    it('never looks into one lane twice at once, and looks again for what came meanwhile', async () => {
      looks();
      const { end, underWay } = held();
      for (let wish = 0; wish < 5; wish += 1) queue.wake('pages', time.now());
      await time.passes(0);
      expect(underWay()).toBe(1);
      queue.wake('pages', time.now());
      await time.passes(100);
      expect(looks()).toEqual(['pages']);
      end();
      await time.passes(100);
      expect(looks()).toEqual(['pages']);
      end();
      await time.passes(100);
      expect(looks()).toEqual([]);
      expect(queue.busy()).toBe(false);
    });

    it('lets no lane wait for another', async () => {
      looks();
      const { underWay, end } = held();
      for (const lane of LANES) queue.wake(lane, time.now());
      await time.passes(100);
      expect(underWay()).toBe(LANES.length);
      expect(queue.busy()).toBe(true);
      end();
    });

    it('looks again soon when looking failed', async () => {
      looks();
      deliver = async () => {
        throw new Error('the store is away');
      };
      queue.wake('pages', time.now());
      await time.passes(100);
      expect(failures).toEqual(['pages']);
      looks();
      deliver = async () => undefined;
      await time.passes(2_000);
      expect(looks()).toEqual(['pages']);
      expect(failures).toEqual(['pages']);
    });

    it('does not wake for what is due in a month', async () => {
      looks();
      // Node's timers end after 24.8 days at the longest, and ring at once when asked for more.
      queue.wake('asks', time.now() + 30 * 24 * HOUR_MS);
      await time.passes(500);
      expect(looks()).toEqual([]);
    });

    it('stops: looks no more, and waits for the look under way', async () => {
      looks();
      const { end } = held();
      queue.wake('pages', time.now());
      queue.wake('asks', time.now() + 100);
      await time.passes(0);
      let stopped = false;
      const stopping = queue.stop(5_000).then(() => {
        stopped = true;
      });
      await time.passes(300);
      expect(stopped).toBe(false);
      end();
      await stopping;
      queue.wake('pages', time.now());
      await time.passes(500);
      // What was due while it was stopping may have been begun; nothing asked for afterwards is.
      expect(looks().filter((lane) => lane === 'pages')).toEqual(['pages']);
    });

    it('stops within its grace when a look hangs', async () => {
      held();
      queue.wake('pages', time.now());
      await time.passes(0);
      let stopped = false;
      void queue.stop(300).then(() => {
        stopped = true;
      });
      await time.passes(400);
      expect(stopped).toBe(true);
    });
  });
}
