import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { createLine, farPort, type Letter, type Line, LineCutError, nearPort, type Ports } from '../../src/kit/line.ts';
import { withoutPrototypes } from '../../src/kit/without-prototypes.ts';

interface Sums {
  add(one: number, other: number): Promise<number>;
  fail(): Promise<never>;
  wait(): Promise<never>;
}
const sums: Sums = {
  add: async (one, other) => one + other,
  fail: () =>
    Promise.reject(Object.assign(new RangeError('too much', { cause: new Error('of everything') }), { code: 'E_MUCH', socket: () => 1 })),
  wait: () => new Promise(() => undefined),
};
const METHODS = ['add', 'fail', 'wait'] as const;

describe('a line between two threads', () => {
  const channels: MessageChannel[] = [];
  function connect(there: Ports): Line {
    const channel = new MessageChannel();
    channels.push(channel);
    const { port1, port2 } = channel;
    const [near, far] = [createLine((letter) => port1.postMessage(letter), {}), createLine((letter) => port2.postMessage(letter), there)];
    port1.on('message', (letter: Letter) => near.hear(letter));
    port2.on('message', (letter: Letter) => far.hear(letter));
    return near;
  }
  afterEach(() => {
    for (const { port1 } of channels.splice(0)) port1.close();
  });

  it('answers what was asked, each its own question', async () => {
    const far = farPort<Sums>(connect({ sums: nearPort(sums, METHODS) }), 'sums', METHODS);
    expect(await Promise.all([far.add(1, 2), far.add(3, 4)])).toEqual([3, 7]);
  });

  it('rejects with what was thrown there, as far as it is data', async () => {
    const far = farPort<Sums>(connect({ sums: nearPort(sums, METHODS) }), 'sums', METHODS);
    const fault = await far.fail().catch((one: unknown) => one);
    expect(fault).toMatchObject({ name: 'RangeError', message: 'too much', cause: { message: 'of everything' } });
    expect((fault as Error).stack).toContain('line.test.ts');
    expect(fault).not.toHaveProperty('socket');
  });

  it('answers nothing but what is offered', async () => {
    const line = connect({ sums: nearPort(sums, ['add']), odd: async () => () => 1 });
    await expect(line.ask('sums', 'fail', [])).rejects.toThrow('fail is not asked from afar');
    await expect(line.ask('constructor', 'call', [])).rejects.toThrow();
    await expect(line.ask('odd', 'function', [])).rejects.toThrow('could not be cloned');
  });

  it('tells whoever answers that nobody waits any more', async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const line = connect({
      slow(_method, _args, signal) {
        asked.resolve(signal);
        return sums.wait();
      },
    });
    const abort = new AbortController();
    line.ask('slow', 'wait', [], abort.signal).catch(() => undefined);
    const signal = await asked.promise;
    expect(signal.aborted).toBe(false);
    abort.abort();
    await expect.poll(() => signal.aborted).toBe(true);
  });

  it('says that nobody knows what became of it when the other end is gone', async () => {
    const line = connect({ sums: nearPort(sums, METHODS) });
    const waiting = line.ask('sums', 'wait', []);
    line.cut('the thread ended');
    await expect(waiting).rejects.toThrow(LineCutError);
  });
});

describe('records that crossed', () => {
  it('have nothing that was not put into them', () => {
    const sent = { people: Object.assign(Object.create(null), { ana: { names: [{ first: 'Ana' }] } }) };
    const people = withoutPrototypes(structuredClone(sent)).people as Record<string, unknown>;
    expect(people['constructor']).toBeUndefined();
    expect(people).toEqual({ ana: { names: [{ first: 'Ana' }] } });
  });
});
