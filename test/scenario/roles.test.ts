import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
beforeEach(async () => {
  bot = await harness();
  await bot.types('cy', 'sev4 Checkout is slow');
});
afterEach(() => bot.close());

const ROOM = /^inc-1/;

describe('a role', () => {
  it('is taken by a button, and the duties come to the holder', async () => {
    await bot.presses('cy', 'Take Incident Commander');
    bot.expectsMessage(ROOM, /Cy Okafor is Incident Commander\./);
    bot.expectsMessage(
      '@cy',
      /You are Incident Commander of inc-1[\s\S]*- Decide what happens next and say it in the room[\s\S]*\/inc handover ic @name/,
    );
    expect(bot.card(1)).toMatch(/Incident Commander: +Cy Okafor/);
    expect(bot.card(1)).toMatch(/Take Operations Lead: \/incident role ops me/);
  });

  it('has one holder; a commander may take it, a responder may not', async () => {
    await bot.types('bo', 'role ic me');
    bot.forget();
    expect((await bot.types('cy', 'role ic me')).text).toMatch(
      /^Bo Berg is ic. Ask them to hand over: \/inc handover ic @you; a commander may assign it outright/,
    );
    await bot.types('ana', 'role ic me');
    bot.expectsMessage(ROOM, /Ana Lima is Incident Commander in place of Bo Berg/);
    bot.expectsMessage('@ana', /You are Incident Commander/);
    expect(bot.card(1).match(/Incident Commander/g)).toHaveLength(1);
  });

  it('is nothing for observers and strangers', async () => {
    expect((await bot.types('bo', 'role ic @dee')).text).toMatch(/Dee Novak is an observer and could not act on it/);
    expect((await bot.types('bo', 'role ic @zed')).text).toMatch(/"@zed" is nobody I know/);
    expect((await bot.types('bo', 'role king @cy')).text).toMatch(/"king" is no role I know/);
  });
});

describe('a handover', () => {
  beforeEach(async () => {
    await bot.types('cy', 'role ic me');
    bot.forget();
  });

  it('carries a briefing and is done when the incoming person accepts, from the letter they got', async () => {
    await bot.types('cy', 'handover ic @bo database failed over, waiting for replicas');
    bot.expectsMessage(ROOM, /Cy Okafor hands Incident Commander to Bo Berg. It stays with Cy Okafor until accepted/);
    bot.expectsMessage(
      '@bo',
      /Cy Okafor wants to hand you Incident Commander of inc-1[\s\S]*> database failed over, waiting for replicas[\s\S]*Severity: +SEV4/,
    );
    expect(bot.card(1)).toMatch(/Incident Commander: +Cy Okafor/);
    await bot.presses('bo', 'Accept');
    bot.expectsMessage(ROOM, /Bo Berg is Incident Commander now; Cy Okafor is relieved/);
    bot.expectsMessage('@bo', /You are Incident Commander/);
    expect(bot.card(1)).toMatch(/Incident Commander: +Bo Berg/);
    expect((await bot.types('bo', 'handover accept ic')).text).toMatch(/Nobody is handing ic to you/);
  });

  it('is accepted by nobody else, and offered by nobody else', async () => {
    await bot.types('cy', 'handover ic @bo');
    bot.expectsMessage('@bo', /There is no briefing: ask before you accept/);
    bot.forget();
    expect((await bot.types('ana', 'handover accept ic')).text).toMatch(/Nobody is handing ic to you/);
    await bot.types('bo', 'handover accept ic');
    bot.forget();
    expect((await bot.types('cy', 'handover ic @ana')).text).toBe('Only Bo Berg or a commander can hand over ic.\n');
    expect((await bot.types('cy', 'handover ops @ana')).text).toMatch(/Nobody holds ops. Take it/);
  });

  it('asks to whom, with a form that knows the role', async () => {
    const { text, reply } = await bot.types('cy', 'handover ic');
    expect(text).toMatch(/To whom\? \/inc handover ic @name what they must know/);
    expect(reply.form?.fields.find(({ name }) => name === 'role')?.value).toBe('ic');
    await bot.fills('cy', 'handover', { role: 'ic', person: '@bo', briefing: 'two replicas lag' }, { incident: 1 });
    bot.expectsMessage(ROOM, /Cy Okafor hands Incident Commander to Bo Berg/);
    bot.expectsMessage('@bo', /two replicas lag/);
  });
});
