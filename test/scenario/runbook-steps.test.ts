import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';
import type { Runbook } from '../../src/domain/runbooks/runbook.ts';
import { createHttpClient } from '../../src/kit/http.ts';
import { createSteps } from '../../src/steps/index.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';

const ROOM = /^inc-1/;

/** Looks whether the shop is well, has two people agree, rolls back, and waits until it is up. */
const written = (url: string): string => `---
id: roll-back
title: Roll back
clock: 15m
---

## Look

\`\`\`step
do: http
method: GET
url: ${url}/health
retries: 2
\`\`\`

## Roll back now

\`\`\`step
do: http
method: POST
url: ${url}/rollback
approve: { role: ic, count: 2 }
\`\`\`

## Wait for it

\`\`\`step
do: wait-for
url: ${url}/up
status: 200
every: 5s
timeout: 1m
\`\`\`

## Say so

\`\`\`step
do: manual
\`\`\`
`;

let shop: HttpFarEnd;
let bot: Harness;
const asked = (path: string): number => shop.deliveries.filter(({ url }) => url === path).length;
const now = (): string => /Now: (.*?)(?: · .*)?\n/.exec(bot.card(1))?.[1] ?? 'nothing';

beforeEach(async () => {
  shop = await httpFarEnd();
  const parsed = parseRunbook(written(shop.url), 'roll-back.md');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const runbooks: Readonly<Record<string, Runbook>> = { 'roll-back': parsed.runbook };
  const catalog: Catalog = {
    ...exampleCatalog,
    runbooks,
    severities: exampleCatalog.severities.map((severity) => ({ ...severity, updateEveryMs: null })),
  };
  const http = createHttpClient({ allow: [new URL(shop.url).host] });
  bot = await harness({ catalog, steps: createSteps({ http, secret: () => null }), onDisk: true });
  await bot.types('cy', 'sev4 Checkout is slow');
});
afterEach(async () => {
  await bot.close();
  await shop.close();
});

/** Cy starts the runbook; the shop is looked at, and the roll-back waits for two people, the commander among them. */
async function begun(): Promise<void> {
  await bot.types('bo', 'role ic me');
  bot.forget();
  await bot.types('cy', 'runbook start roll-back');
  bot.expectsMessage(ROOM, /Roll back · the clock runs/);
  bot.expectsMessage(ROOM, /Roll back now waits for approval\s+Bo Berg: Incident Commander must agree, and 2 people in all/);
}
async function approved(): Promise<void> {
  await begun();
  await bot.types('cy', 'step approve');
  await bot.types('bo', 'step approve');
}

describe('an automated step', () => {
  it('runs by itself, waits for the people it needs, and keeps what it saw', async () => {
    await begun();
    expect(asked('/health')).toBe(1);
    await bot.presses('cy', 'Approve');
    expect((await bot.types('cy', 'step approve')).text).toMatch(/You have approved roll-back-now already/);
    expect((await bot.types('ana', 'step approve')).text).toMatch(/needs the approval of ic, who is Bo Berg/);
    expect(asked('/rollback')).toBe(0);
    await bot.types('bo', 'step approve');
    expect(asked('/rollback')).toBe(1);
    expect(asked('/up')).toBe(1);
    expect(now()).toBe('Say so');
    expect((await bot.timeline(1)).join('\n')).toContain(`POST ${shop.url} answered 200`);
    await bot.types('bo', 'step done');
    bot.expectsMessage(ROOM, /Roll back is finished/);
  });

  it('that only looks is repeated; one that changes something is not, until a person says so', async () => {
    let healthy = 0;
    shop.answer((response, { url }) => {
      if (url === '/health') healthy += 1;
      const isIll = url === '/rollback' || healthy < 3;
      response.writeHead(isIll ? 503 : 200).end();
    });
    await bot.types('bo', 'role ic me');
    await bot.types('cy', 'runbook start roll-back');
    await bot.fastForward('30s');
    bot.forget();
    expect(asked('/health')).toBe(3);
    await bot.types('cy', 'step approve');
    await bot.types('bo', 'step approve');
    bot.expectsMessage(ROOM, /Roll back now failed\s+=+\s+> POST .* answered 503/);
    await bot.fastForward('30s');
    expect(asked('/rollback')).toBe(1);
    shop.answer((response) => response.end());
    await bot.presses('bo', 'Try again');
    bot.expectsMessage(ROOM, /Roll back now waits for approval/);
    await bot.types('cy', 'step approve');
    await bot.types('bo', 'step approve');
    expect(asked('/rollback')).toBe(2);
    expect(now()).toBe('Say so');
  });

  it('waits for an answer as long as it may, and no longer', async () => {
    shop.answer((response, { url }) => response.writeHead(url === '/up' ? 502 : 200).end());
    await approved();
    await bot.fastForward('40s');
    expect(asked('/up')).toBeGreaterThan(5);
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Wait for it failed\s+=+\s+> Not 200 after/);
    await bot.presses('cy', 'Done by hand');
    expect(now()).toBe('Say so');
  });

  it('that was skipped meanwhile is not run any more', async () => {
    await begun();
    await bot.types('bo', 'step skip roll-back-now we roll forward');
    await bot.fastForward('1m');
    expect(asked('/rollback')).toBe(0);
    expect(now()).toBe('Say so');
  });
});

describe('a process that dies in the middle of a step', () => {
  it('while it looks: it looks again', async () => {
    shop.answer((response, { url }) => {
      if (url === '/health' && !bot.isDead && asked('/health') === 1) bot.diesAt('after-send');
      response.end();
    });
    await bot.types('bo', 'role ic me');
    await bot.types('cy', 'runbook start roll-back');
    expect(bot.isDead).toBe(true);
    await bot.restarts('1s');
    await bot.fastForward('1m');
    bot.forget();
    expect(asked('/health')).toBe(2);
    expect(now()).toBe('Roll back now');
  });

  it('while it changes something: a person is asked, and answers', async () => {
    shop.answer((response, { url }) => {
      if (url === '/rollback') bot.diesAt('after-send');
      response.end();
    });
    await approved();
    expect(bot.isDead).toBe(true);
    await bot.restarts('1s');
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Nobody knows whether Roll back now happened[\s\S]*Look at the far end first/);
    expect(asked('/rollback')).toBe(1);
    await bot.presses('bo', 'It happened');
    expect(asked('/rollback')).toBe(1);
    expect(now()).toBe('Say so');
  });
});
