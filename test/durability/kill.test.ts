import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../src/engine/auditor.ts';
import { ledgerEntries } from '../../src/engine/history.ts';
import type { Moment } from '../../src/engine/moment.ts';
import type { Store } from '../../src/engine/store-port.ts';
import type { Randomness } from '../../src/kit/randomness.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { startVerification } from '../../src/ledger/verify.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';
import { type Life, type MortalWorld, mortalWorld, warmUp } from '../support/mortal-life.ts';
import { LEDGER, MOMENTS } from '../support/mortal-messages.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';

/** Kills at random; more of them in a soak. */
const KILLS = Number(process.env['ALLCLEAR_KILLS'] ?? 24);
const MOMENTS_TO_DIE: readonly Moment[] = ['before-commit', 'after-commit', 'before-send', 'after-send', 'before-settle', 'after-settle'];
const PASSES = [1, 2, 5];
/** A machine that does many other things at once starts a process in seconds. */
const LIFE_MS_MAX = 5_000;
/** A process killed from outside has given up to so many answers, and has gone on for so long. */
const ANSWERS_MAX = 10;
const GONE_ON_MS = 25;
const START_MS = 500;

let home: string;
let farEnd: HttpFarEnd;
const compileCache = (): string => join(home, 'compiled');
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'allclear-kill-'));
  farEnd = await httpFarEnd();
  await warmUp({ directory: join(home, 'warm'), farEnd: farEnd.url, compileCache: compileCache() });
}, 60_000);
afterAll(async () => {
  await farEnd.close();
  rmSync(home, { recursive: true });
});

/** Everything that is true of a ledger whose bot was killed many times, and then lived until nothing was owed any more. */
async function expectNothingLost(world: MortalWorld): Promise<void> {
  expect(world.bugs).toEqual([]);
  const { store } = await openSqliteStore(join(world.directory, LEDGER), { readOnly: true });
  try {
    const entries: Entry[] = [];
    for await (const page of ledgerEntries(store)) entries.push(...page);
    const verification = startVerification();
    for (const entry of entries) verification.add(entry);
    expect(verification.finish().faults).toEqual([]);
    await expectCommandsKept(world, store, entries);
    const found = await audit(store, Date.now(), { overdueMs: 0 });
    expect(found.findings).toEqual([]);
    expect(await store.outbox.list({ states: ['pending', 'claimed'], limit: 10 })).toEqual([]);
    await expectPages(world, store, entries);
  } finally {
    await store.close();
  }
}

/** What was acknowledged is there; what was said under one key is there once. */
async function expectCommandsKept(world: MortalWorld, store: Store, entries: readonly Entry[]): Promise<void> {
  const acknowledged = world.witness();
  expect(acknowledged).toHaveLength(world.orders.length);
  const payloads = entries.map(({ type, data }) => `${type} ${data}`);
  const count = (type: string, key: string): number =>
    payloads.filter((payload) => payload.startsWith(`${type} `) && new RegExp(`\\b${key}\\b`).test(payload)).length;
  for (const { key, words, answer } of world.orders) {
    const expected = answer?.ok === true ? 1 : 0;
    if (words.startsWith('declare')) expect([key, count('incident.declared', key)]).toEqual([key, 1]);
    if (words.startsWith('note')) expect([key, count('incident.noted', key)]).toEqual([key, expected]);
    if (expected === 1) expect([key, await store.answered(`console ${key}`)]).not.toEqual([key, null]);
  }
}

/** Every page that the ledger calls delivered arrived; one arrived twice only when nobody could know that it had arrived. */
async function expectPages(world: MortalWorld, store: Store, entries: readonly Entry[]): Promise<void> {
  const rows = await store.outbox.list({ states: ['done', 'dead'], limit: 100_000 });
  const pages = rows.flatMap(({ id, body, attempts }) => (body.kind === 'page.notify' ? [{ ...body, id, attempts }] : []));
  const mine = farEnd.deliveries.filter(({ url }) => url.startsWith(`/${basename(world.directory)}/`));
  const times = new Map<string, number>();
  for (const { headers } of mine) times.set(String(headers['idempotency-key']), (times.get(String(headers['idempotency-key'])) ?? 0) + 1);
  expect([...times.keys()].filter((key) => !pages.some(({ id }) => id === key))).toEqual([]);
  expect(pages.filter(({ id, attempts }) => (times.get(id) ?? 0) > attempts)).toEqual([]);
  const delivered = entries.flatMap(({ type, data }) => (type === 'page.delivered' ? [JSON.parse(data ?? '') as Delivered] : []));
  const isDelivered = ({ page, notification }: Delivered): boolean =>
    delivered.some((one) => one.page === page && one.notification === notification);
  expect(delivered.length).toBeGreaterThan(0);
  expect(pages.filter((page) => isDelivered(page) && !times.has(page.id))).toEqual([]);
}
interface Delivered {
  readonly page: string;
  readonly notification: string;
}

/** Mostly in the middle of work, sometimes while it is starting. */
function randomDeath(chance: Randomness): Life {
  if (chance.fraction() < 0.2) return { killedAfterStartMs: chance.fraction() * START_MS };
  return { killedAfter: { answers: Math.floor(chance.fraction() * ANSWERS_MAX), ms: chance.fraction() * GONE_ON_MS } };
}

function worldNamed(name: string, seed: number): MortalWorld {
  return mortalWorld({
    directory: join(home, name),
    farEnd: `${farEnd.url}/${name}`,
    compileCache: compileCache(),
    chance: seededRandomness(seed),
  });
}

describe('kill -9', () => {
  it('at every named moment, the first, second and fifth time it passes, loses nothing', { timeout: 18 * LIFE_MS_MAX }, async () => {
    const fates = MOMENTS_TO_DIE.flatMap((moment) => PASSES.map((pass) => `${moment}:${pass}`));
    const lives = await Promise.all(
      [0, 1].map(async (half) => {
        const world = worldNamed(`moments-${half}`, half);
        const mine = fates.filter((_fate, index) => index % 2 === half);
        for (const fate of mine) expect([fate, await world.live({ fate })]).toEqual([fate, 'SIGKILL']);
        // The process wrote down that it was there: each moment was passed, and none was missed.
        expect(readFileSync(join(world.directory, MOMENTS), 'utf8').trim().split('\n')).toEqual(mine);
        expect(await world.liveToTheEnd()).toBe(0);
        return world;
      }),
    );
    for (const world of lives) await expectNothingLost(world);
    // Some died between a commit and its answer: the repeat of the command got the first answer.
    expect(lives.flatMap(({ answeredLate }) => answeredLate).length).toBeGreaterThan(0);
  });

  it(`at ${KILLS} random moments loses nothing`, { timeout: KILLS * LIFE_MS_MAX }, async () => {
    const seeds = [2, 3];
    const lives = await Promise.all(
      seeds.map(async (seed) => {
        const world = worldNamed(`random-${seed}`, seed);
        const chance = seededRandomness(seed);
        for (let kill = 0; kill < KILLS / seeds.length; kill += 1) expect(await world.live(randomDeath(chance))).toBe('SIGKILL');
        expect(await world.liveToTheEnd()).toBe(0);
        return world;
      }),
    );
    for (const world of lives) {
      expect(world.orders.length).toBeGreaterThan(KILLS);
      await expectNothingLost(world);
    }
  });
});
