import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type Check, healthRoutes, storeCheck, watchEventLoop } from '../../src/web/health.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { serve } from './serve.ts';

const fine: Check = async () => null;

async function ask(url: string): Promise<{ status: number; body: unknown; retry: string | null }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json(), retry: response.headers.get('retry-after') };
}

describe('/readyz', () => {
  it('is ready when every dependency is, and names them', async () => {
    const { url } = await serve([healthRoutes({ checks: { store: fine, queue: fine }, clock: systemClock, lagMs: () => 0 })]);
    expect(await ask(`${url}/readyz`)).toEqual({
      status: 200,
      body: { status: 'ready', checks: { store: 'ok', queue: 'ok' } },
      retry: null,
    });
  });

  it('says which one is not, and why, without secrets', async () => {
    const checks: Record<string, Check> = {
      store: fine,
      slack: async () => 'not connected since 03:00',
      mail: async () => {
        throw new Error('cannot reach smtp://bot:correct-horse-battery@mail.example.org');
      },
    };
    const { url } = await serve([healthRoutes({ checks, clock: systemClock, lagMs: () => 0 })]);
    const { status, body, retry } = await ask(`${url}/readyz`);
    expect([status, retry]).toEqual([503, '5']);
    expect(body).toMatchObject({
      status: 'not ready',
      checks: { store: 'ok', slack: 'not connected since 03:00', mail: expect.stringContaining('cannot reach') },
    });
    expect(JSON.stringify(body)).not.toContain('correct-horse');
  });

  it('waits for none longer than allowed', async () => {
    const clock = fakeClock(0);
    const { promise: asked, resolve: ask1 } = Promise.withResolvers<void>();
    const hangs: Check = () => {
      ask1();
      return new Promise(() => undefined);
    };
    const { url } = await serve([healthRoutes({ checks: { postgres: hangs, store: fine }, clock, lagMs: () => 0, checkMs: 2_000 })], {
      clock,
    });
    const answer = ask(`${url}/readyz`);
    await asked;
    await clock.advance(2_000, async () => undefined);
    expect(await answer).toMatchObject({ status: 503, body: { checks: { postgres: 'no answer within 2000 ms', store: 'ok' } } });
  });

  it('looks once for a flood of questions, and again a second later', async () => {
    const clock = fakeClock(0);
    let looks = 0;
    const counted: Check = async () => {
      looks += 1;
      return looks === 1 ? null : 'gone';
    };
    const { url } = await serve([healthRoutes({ checks: { store: counted }, clock, lagMs: () => 0 })], { clock });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(`${url}/readyz`)));
    expect([looks, new Set(answers.map(({ status }) => status))]).toEqual([1, new Set([200])]);
    await clock.advance(1_000, async () => undefined);
    expect((await ask(`${url}/readyz`)).status).toBe(503);
  });
});

describe('the check of the store', () => {
  it('finds one that can be written, one that can only be read, and one that is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'allclear-health-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { store } = await openSqliteStore(join(folder, 'ledger.db'));
    expect(await storeCheck(store)()).toBeNull();
    expect((await store.head()).position).toBe(0);
    const reader = await openSqliteStore(join(folder, 'ledger.db'), { readOnly: true });
    const { url } = await serve([healthRoutes({ checks: { store: storeCheck(reader.store) }, clock: systemClock, lagMs: () => 0 })]);
    expect(await ask(`${url}/readyz`)).toMatchObject({ status: 503, body: { checks: { store: expect.stringMatching(/readonly/) } } });
    await reader.store.close();
    await store.close();
    await expect(storeCheck(store)()).rejects.toThrow();
  });
});

describe('/healthz', () => {
  it('is well while the event loop turns, whatever the dependencies do', async () => {
    const { url } = await serve([healthRoutes({ checks: { store: async () => 'gone' }, clock: systemClock, lagMs: () => 12.3 })]);
    expect(await ask(`${url}/healthz`)).toMatchObject({ status: 200, body: { status: 'ok', lagMs: 12 } });
  });

  it('is not when the loop was stuck', async () => {
    const { url } = await serve([healthRoutes({ checks: {}, clock: systemClock, lagMs: () => 6_000 })]);
    expect(await ask(`${url}/healthz`)).toMatchObject({ status: 503, body: { status: 'stuck', lagMs: 6000 } });
  });
});

describe('the watch over the event loop', () => {
  /** Keeps the only thread busy, which is what is to be noticed. */
  function block(ms: number): void {
    const until = performance.now() + ms;
    while (performance.now() < until);
  }
  const turns = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  };

  it('notices that it was stuck, once', async () => {
    const { lagMs, stop } = watchEventLoop();
    await turns(3);
    lagMs();
    await turns(2);
    block(300);
    await turns(2);
    expect(lagMs()).toBeGreaterThan(200);
    await turns(2);
    expect(lagMs()).toBeLessThan(200);
    stop();
  });
});
