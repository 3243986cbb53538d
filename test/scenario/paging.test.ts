import { afterEach, describe, expect, it } from 'vitest';
import type { Catalog, EscalationPolicy, Person } from '../../src/domain/catalog.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
afterEach(() => bot.close());

const ROOM = /^inc-1/;
const policy = exampleCatalog.policies['payments'] as EscalationPolicy;

/** No reminders of updates in these stories; people of these ids have no way to be woken. */
function calm({ mute = [], change = {} }: { mute?: readonly string[]; change?: Partial<Catalog> } = {}): Catalog {
  const silenced = (person: Person): Person => (mute.includes(person.id) ? { ...person, notify: { high: [], low: [] } } : person);
  const people = Object.fromEntries(Object.entries(exampleCatalog.people).map(([id, person]) => [id, silenced(person)]));
  const severities = exampleCatalog.severities.map((severity) => ({ ...severity, updateEveryMs: null }));
  return { ...exampleCatalog, people, severities, ...change };
}

/** One rung after the other: who rings where at which minute. */
async function rings(minute: number, ...people: readonly string[]): Promise<void> {
  for (const person of people) bot.expectsPage(person, /Checkout is down/, 'chat');
  bot.expectsNothingElse();
  await bot.fastForward('1m');
  for (const person of people) bot.expectsPage(person, /Checkout is down/, 'email');
  await bot.fastForward(`${minute - 1}m`);
}

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
    bot.expectsMessage(ROOM, /Bo Berg acknowledged page 1-1 after 6m/);
    await bot.fastForward('8m');
    bot.expectsNothingElse();
    await bot.fastForward('1m');
    bot.expectsMessage(ROOM, /Dee Novak the next update was due at 03:15 UTC/);
  });

  it('climbs the whole ladder twice, and then names everybody with a number to call', async () => {
    bot = await harness({ catalog: calm() });
    await bot.types('cy', 'sev1 Checkout is down');
    await rings(5, 'bo');
    for (const round of [1, 2]) {
      bot.expectsMessage(ROOM, /Paging level 2: Bo Berg/);
      await rings(5, 'bo');
      bot.expectsMessage(ROOM, /Paging level 3: Ana Lima Bo Berg Cy Okafor/);
      await rings(10, 'ana', 'bo', 'cy');
      if (round === 2) break;
      bot.expectsMessage(ROOM, /Paging level 1: Bo Berg/);
      await rings(5, 'bo');
    }
    const text = bot.expectsMessage(ROOM, /Nobody acknowledged page 1-1/);
    expect(text).toMatch(/Call them now:\s+- Bo Berg: \+493023125002\s+- Ana Lima: \+493023125001\s+- Cy Okafor: \+493023125003/);
    expect(bot.card(1)).toMatch(/Page 1-1: +nobody acknowledged/);
    await bot.fastForward('1d');
    bot.expectsNothingElse();
    await bot.presses('cy', 'Acknowledge');
    bot.expectsMessage(ROOM, /Cy Okafor acknowledged page 1-1 after 24h 40m/);
  });

  it('goes on at once past a level where nobody is on call, and says so', async () => {
    bot = await harness({ catalog: calm({ change: { schedules: {} } }) });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsMessage(ROOM, /Nobody is on call at level 1 \(schedule payments\), so nobody is waited for there/);
    bot.expectsMessage(ROOM, /Paging level 2: Bo Berg/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
  });

  it('is loud at once when nobody at all can be reached', async () => {
    bot = await harness({ catalog: calm({ mute: ['ana', 'bo', 'cy'] }) });
    await bot.types('cy', 'sev1 Checkout is down');
    for (const level of [1, 2, 3]) bot.expectsMessage(ROOM, new RegExp(`Nobody can be reached at level ${level}`));
    bot.expectsMessage(ROOM, /Nobody acknowledged page 1-1[\s\S]*Bo Berg: \+493023125002\s+- Ana Lima[\s\S]*Cy Okafor/);
  });

  it('is stopped by the end of the incident, whatever was still to ring', async () => {
    bot = await harness({ catalog: calm() });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.fastForward('30s');
    await bot.types('cy', 'resolve it was nothing');
    bot.expectsMessage(ROOM, /inc-1 is resolved/);
    await bot.fastForward('1d');
  });
});

describe('a page to one person', () => {
  it('rings them three times, and then their number is shown', async () => {
    bot = await harness({ catalog: calm() });
    await bot.types('cy', 'sev4 Checkout is down');
    await bot.types('cy', 'page @ana we need the payments database');
    await rings(5, 'ana');
    for (const _again of [2, 3]) {
      bot.expectsMessage(ROOM, /Paging level 1: Ana Lima/);
      await rings(5, 'ana');
    }
    bot.expectsMessage(ROOM, /Nobody acknowledged page 1-1[\s\S]*Ana Lima: \+493023125001/);
  });

  it('is not for observers, and asks who is meant when nobody is', async () => {
    bot = await harness({ catalog: calm() });
    await bot.types('cy', 'sev4 Checkout is down');
    expect((await bot.types('cy', 'page @dee come and look')).text).toMatch(/Dee Novak is an observer[\s\S]*call them: no number is known/);
    const { text, reply } = await bot.types('cy', 'page');
    expect(text).toMatch(/Name a person or an escalation policy/);
    expect(reply.form?.command).toBe('page');
  });

  it('tells what it is for', async () => {
    bot = await harness({ catalog: calm() });
    await bot.types('cy', 'sev1 Checkout is down');
    const notice = bot.expectsPage('bo', /Checkout is down/, 'chat');
    expect(notice).toMatchObject({ page: '1-1', incident: 1, level: 0, startedAt: bot.clock.now() });
    expect(notice.acknowledgeUrl).toBe('https://allclear.example.org/ack/1-1/bo/l1-r1-bo-chat-1');
    await bot.types('cy', 'page @ana we need the payments database');
    const direct = bot.expectsPage('ana', /Checkout is down/, 'chat');
    expect(JSON.stringify(direct.document)).toContain('we need the payments database');
  });
});

describe('who is on call', () => {
  it('is whoever stands in', async () => {
    bot = await harness({ catalog: calm() });
    await bot.types('cy', 'override payments @ana for 2h because bo sleeps');
    bot.expectsMessage('@ana', /payments: Ana Lima is on call[\s\S]*Made by: +Cy Okafor[\s\S]*bo sleeps/);
    expect((await bot.types('cy', 'oncall')).text).toMatch(/Payments: Ana Lima until/);
    await bot.presses('ana', 'Take it back');
    expect((await bot.types('cy', 'oncall')).text).toMatch(/Payments: Bo Berg until/);
    await bot.types('cy', 'override payments @ana replacing @bo for 2h because bo sleeps');
    for (const told of ['@ana', '@bo']) bot.expectsMessage(told, /Ana Lima is on call for Bo Berg/);
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('ana', /Checkout is down/, 'chat');
  });

  it('is asked when the level is reached, not when the page began', async () => {
    bot = await harness({
      catalog: calm({ change: { policies: { payments: { ...policy, repeats: 10 } } } }),
      startAt: Date.parse('2026-03-02T07:45:00Z'),
    });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.fastForward('20m');
    bot.forget();
    // At 09:00 in Berlin bo handed over to cy.
    await bot.types('cy', 'status identified');
    bot.expectsMessage(ROOM, /identified/);
    await bot.fastForward('1m');
    bot.expectsPage('cy', /Checkout is down/, 'email');
  });

  it('hands over at nine on the wall in the night the clocks change', async () => {
    // 29 March 2026: at 02:00 it is 03:00 in Berlin. 06:30Z is 08:30 there, 07:00Z is 09:00.
    const daily: Catalog['schedules'] = {
      payments: {
        id: 'payments',
        name: 'Payments',
        timeZone: 'Europe/Berlin',
        layers: [
          {
            name: 'daily',
            start: '2026-03-28T09:00',
            until: null,
            rotation: { every: 1, unit: 'days' },
            people: ['bo', 'cy'],
            restrictions: [],
          },
        ],
      },
    };
    bot = await harness({ catalog: calm({ change: { schedules: daily } }), startAt: Date.parse('2026-03-29T06:59:00Z') });
    await bot.types('ana', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.types('ana', 'resolve');
    bot.forget();
    await bot.fastForward('1m');
    await bot.types('ana', 'sev1 Checkout is down again');
    bot.expectsPage('cy', /Checkout is down again/, 'chat');
  });
});
