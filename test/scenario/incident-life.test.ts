import { afterEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
afterEach(() => bot.close());

const ROOM = /^inc-1/;

/** Checkout is down at this severity, and bo has acknowledged when he was woken. */
async function underWay(severity: string): Promise<void> {
  bot = await harness();
  await bot.types('cy', `${severity} Checkout is down`);
  if (severity === 'sev4') return;
  await bot.types('bo', 'ack');
  bot.forget();
}

describe('regrading', () => {
  it('starts paging what was too harmless to page', async () => {
    await underWay('sev4');
    await bot.fastForward('10m');
    await bot.types('cy', 'sev 1');
    bot.expectsMessage(ROOM, /inc-1 is now SEV1 \(was SEV4\), by Cy Okafor/);
    bot.expectsPage('bo', /^\[SEV1\] inc-1 Checkout is down$/, 'chat');
    expect(bot.card(1)).toMatch(/Next update: +03:25 UTC/);
  });

  it('makes a page that rings quietly ring louder, and climbs on from there', async () => {
    bot = await harness();
    await bot.types('cy', 'sev3 Checkout is slow');
    bot.expectsPage('bo', /^\[SEV3\]/, 'email');
    await bot.fastForward('2m');
    await bot.types('cy', 'sev sev1');
    bot.expectsMessage(ROOM, /inc-1 is now SEV1/);
    bot.expectsPage('bo', /^\[SEV1\]/, 'chat');
    await bot.fastForward('1m');
    bot.expectsPage('bo', /^\[SEV1\]/, 'email');
    await bot.fastForward('3m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Nobody has acknowledged yet. Paging level 2/);
    bot.expectsPage('bo', /^\[SEV1\]/, 'chat');
  });

  it('wakes nobody again who has it already, and says nothing aloud when it got better', async () => {
    await underWay('sev2');
    await bot.types('bo', 'sev sev1');
    bot.expectsMessage(ROOM, /inc-1 is now SEV1/);
    await bot.types('bo', 'sev sev3');
    expect((await bot.types('bo', 'sev sev3')).text).toBe('It is sev3 already. Nothing changed.\n');
  });

  it('naming the service pages, when nobody was paged because nobody knew whom', async () => {
    bot = await harness();
    await bot.types('cy', 'sev1 Everything is down');
    bot.expectsMessage(ROOM, /Nobody was paged/);
    await bot.types('cy', 'service checkout');
    bot.expectsPage('bo', /^\[SEV1\]/, 'chat');
    expect(bot.card(1)).toMatch(/Service: +Checkout · tier 0/);
  });
});

describe('the status', () => {
  it('is moved by words and buttons, and only to where it can go', async () => {
    await underWay('sev1');
    await bot.types('bo', 'status identified the last deploy');
    bot.expectsMessage(ROOM, /identified \(was investigating\), by Bo Berg: the last deploy/);
    await bot.presses('bo', 'Mitigated');
    bot.expectsMessage(ROOM, /mitigated \(was identified\)/);
    expect((await bot.types('bo', 'status closed')).text).toBe(
      'From mitigated it cannot become closed. Possible now: investigating, identified.\n',
    );
    expect((await bot.types('bo', 'status')).text).toMatch(/^inc-1 · Checkout is down[\s\S]*Status: +mitigated/);
  });

  it('closed comes after resolved, and then only reopening goes on', async () => {
    await underWay('sev1');
    await bot.presses('bo', 'Resolve');
    bot.expectsMessage(ROOM, /inc-1 is resolved/);
    await bot.types('bo', 'status inc-1 closed');
    expect((await bot.types('bo', 'status inc-1 closed')).text).toMatch(
      /From closed it cannot become closed. Use \/inc reopen with a reason/,
    );
    expect((await bot.types('bo', 'note inc-1 one more thing')).reply.ok).toBe(true);
    expect((await bot.types('bo', 'update inc-1 still here')).text).toMatch(/inc-1 is closed. If it is back, say \/inc reopen inc-1/);
  });
});

describe('updates', () => {
  it('are reminded of in the rhythm of the severity, until one is written', async () => {
    await underWay('sev1');
    await bot.types('bo', 'role comms @cy');
    await bot.types('bo', 'status mitigated');
    bot.forget();
    await bot.fastForward('14m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Cy Okafor the next update was due at 03:15 UTC/);
    const { reply } = await bot.presses('cy', 'Write it');
    expect(reply.form).toMatchObject({ command: 'update' });
    await bot.fills('cy', 'update', { text: 'Card payments fail, we roll back' }, { incident: 1 });
    bot.expectsMessage(ROOM, /Update 1 by Cy Okafor\s+> Card payments fail, we roll back\s+Next update by 03:30 UTC \(in 15m\)/);
    await bot.fastForward('15m');
    bot.expectsMessage(ROOM, /Cy Okafor the next update was due at 03:30 UTC/);
  });

  it('move the reminder, also to when the writer says', async () => {
    await underWay('sev1');
    await bot.types('bo', 'status mitigated');
    bot.forget();
    await bot.fastForward('10m');
    await bot.types('bo', 'update Rolling back next 20m');
    bot.expectsMessage(ROOM, /Next update by 03:30 UTC/);
    await bot.fastForward('19m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /the next update was due at 03:30 UTC/);
  });

  it('are not reminded of once it is over, and again once it is back', async () => {
    await underWay('sev1');
    await bot.types('bo', 'resolve rolled back');
    bot.expectsMessage(ROOM, /inc-1 is resolved/);
    await bot.fastForward('2h');
    bot.expectsNothingElse();
    await bot.types('bo', 'reopen inc-1 half of the pods fail again');
    bot.expectsMessage(ROOM, /inc-1 is open again[\s\S]*Bo Berg: half of the pods fail again. Nobody was paged for this/);
    await bot.fastForward('15m');
    bot.expectsMessage(ROOM, /the next update was due at 05:15 UTC/);
  });

  it('promised by hand are reminded of where the severity has no rhythm', async () => {
    await underWay('sev4');
    await bot.fastForward('1d');
    await bot.types('cy', 'update Looking into it next 30m');
    bot.expectsMessage(ROOM, /Update 1/);
    await bot.fastForward('30m');
    bot.expectsMessage(ROOM, /Cy Okafor the next update was due at 03:30 UTC/);
  });
});

describe('the timeline', () => {
  it('tells notes, and pins at the time they were said; a withdrawn pin is gone from it', async () => {
    await underWay('sev1');
    await bot.fastForward('5m');
    await bot.types('bo', 'note CPU of the primary is at 100 %');
    await bot.pins(
      'bo',
      { message: 'm1', text: 'deploy 214 went out', author: 'Cy Okafor', at: bot.clock.now() - 240_000 },
      { incident: 1 },
    );
    await bot.pins('bo', { message: 'm2', text: '', author: 'Cy Okafor' }, { incident: 1 });
    const lines = await bot.timeline(1);
    expect(lines.slice(-3)).toEqual(['📌 Cy Okafor: deploy 214 went out', 'CPU of the primary is at 100 %', '📌 Cy Okafor: (no text)']);
    expect((await bot.pins('ana', { message: 'm1' }, { incident: 1 })).text).toBe('That message is in the timeline already.\n');
    await bot.pins('bo', { message: 'm1', pinned: false }, { incident: 1 });
    expect((await bot.timeline(1)).join('\n')).not.toMatch(/deploy 214|withdrawn/);
    expect(await bot.eventTypes()).toContain('incident.unpinned');
    expect((await bot.pins('bo', { message: 'm1', pinned: false }, { incident: 1 })).text).toBe('That message is not in the timeline.\n');
  });

  it('takes a pin of any length, and none outside of a room', async () => {
    await underWay('sev1');
    await bot.pins('bo', { message: 'm3', text: 'x '.repeat(5_000), author: 'A'.repeat(300) }, { incident: 1 });
    expect((await bot.timeline(1)).at(-1)).toMatch(/^📌 A{119}…: (?:x )+/);
    expect((await bot.pins('bo', { message: 'm4' }, {})).text).toMatch(/Which incident\? Open now: inc-1 \(Checkout is down\)/);
  });

  it('is read in the room, the latest lines last', async () => {
    await underWay('sev1');
    for (let line = 1; line <= 30; line += 1) await bot.types('bo', `note line ${line}`);
    const { text } = await bot.types('bo', 'timeline');
    expect(text).toMatch(/Timeline of inc-1\s+\d+ earlier lines are in the console/);
    expect(text).toMatch(/03:00 UTC line 30 \(Bo Berg\)\s*$/);
    expect(text).not.toMatch(/line 10 /);
  });
});
