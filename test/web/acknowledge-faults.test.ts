import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/engine/store-port.ts';
import { deriveKey } from '../../src/kit/signing.ts';
import { loadTemplates } from '../../src/kit/templates.ts';
import { acknowledgeRoutes } from '../../src/web/acknowledge.ts';
import { createLinks } from '../../src/web/links.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';
import { bareBot, breakableStore } from './bot.ts';
import { serve } from './serve.ts';

async function paged(store: Store) {
  const bot = await bareBot({ store });
  await bot.types('dee', 'sev1 Checkout is down');
  const { submit, readings } = bot.life.bot;
  const reader = { isBroken: false };
  const links = createLinks({
    key: deriveKey('a secret of thirty-two characters', 'links'),
    publicUrl: () => served.url,
    clock: bot.clock,
  });
  const plugin = acknowledgeRoutes({
    links,
    page: (name) => (reader.isBroken ? Promise.reject(new Error('database disk image is malformed')) : readings.page(name)),
    incident: (number) => readings.incident(number),
    submit,
    catalog: () => exampleCatalog,
    clock: bot.clock,
    randomness: seededRandomness(3),
    templates: loadTemplates('templates/pages'),
  });
  const served = await serve([plugin]);
  return { bot, reader, served, url: links.acknowledge('1-1', 'bo', '1-1-1') };
}

describe('a link while the ledger fails', () => {
  it('says that nothing was written, and works once it is back', async () => {
    const disk = await breakableStore();
    const { bot, url } = await paged(disk.store);
    disk.isBroken = true;
    const failed = await fetch(url, { method: 'POST' });
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await failed.text()).toMatch(/That did not work.*could not be written down.*Try again/s);
    disk.isBroken = false;
    expect((await fetch(url, { method: 'POST' })).status).toBe(200);
    expect((await bot.life.bot.readings.page('1-1'))?.acknowledgedBy).toBe('bo');
    expect(bot.bugs).toMatchObject([{ message: 'disk full' }]);
    await bot.life.bot.stop(1_000);
  });

  it('says what to do when even the page cannot be read, and nothing of the inside', async () => {
    const { store } = await breakableStore();
    const { bot, url, reader, served } = await paged(store);
    reader.isBroken = true;
    const failed = await fetch(url);
    const text = await failed.text();
    expect([failed.status, failed.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(text).toMatch(/That did not work.*the page goes on ringing.*call the others/s);
    expect(text).not.toContain('malformed');
    expect(JSON.stringify(served.log)).toContain('database disk image is malformed');
    await bot.life.bot.stop(1_000);
  });
});
