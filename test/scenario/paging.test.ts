import { afterEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
afterEach(() => bot.close());

describe('paging', () => {
  it('rings the next level when nobody acknowledges', async () => {
    bot = await harness();
    const { text, reply } = await bot.types('dee', 'sev1 Checkout is down');
    expect(reply.incident).toBe(1);
    expect(text).toMatch(/Declared at sev1: Checkout is down/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.fastForward('1m');
    bot.expectsPage('bo', /Checkout is down/, 'email');
    await bot.fastForward('4m');
    bot.expectsMessage(/inc-1-checkout-is-down/, /Nobody has acknowledged yet. Paging level 2/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.fastForward('1m');
    bot.expectsPage('bo', /Checkout is down/, 'email');
    expect((await bot.types('bo', 'ack')).text).toMatch(/acknowledged/);
    bot.expectsMessage(/inc-1/, /Bo Berg acknowledged page 1-1/);
    await bot.fastForward('8m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(/inc-1/, /Dee Novak the next update was due at 03:15 UTC/);
  });
});
