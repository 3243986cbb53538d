import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import { refusalSentence } from '../../src/domain/registry.ts';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';
import { parseMarkup } from '../../src/readings/markup.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

/** The sentence a code stands for, as the asker reads it. */
function sentence(code: string, values: Readonly<Record<string, string>> = {}): string {
  const reader = { personName: (id: string) => exampleCatalog.people[id]?.name ?? id, timeZone: 'UTC', now: 0, commandPrefix: '/incident' };
  return plainText(parseMarkup(refusalSentence(code, values)), reader);
}

const SHORT = [
  '---',
  'id: short',
  'title: Short',
  'clock: 15m',
  '---',
  '## What helps',
  'Choose.',
  '```step',
  'do: choose',
  'options: [Wait, Restart]',
  '```',
].join('\n');

function withRunbook(): Catalog {
  const parsed = parseRunbook(SHORT, 'short.md');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { ...exampleCatalog, runbooks: { short: parsed.runbook } };
}

let bot: Harness;
beforeEach(async () => {
  bot = await harness();
});
afterEach(() => bot.close());

describe('words that never become an act', () => {
  it.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ['status', 'which_incident', { open: '' }],
    ['resolve', 'which_incident', { open: '' }],
    ['approve read-only', 'nothing_to_approve', { switch: 'read-only' }],
    ['decline read-only because no', 'nothing_to_approve', { switch: 'read-only' }],
    ['switch read-only confirm', 'nothing_to_review', { switch: 'read-only' }],
    ['switch read-only extend because more', 'extend_for_how_long', { switch: 'read-only' }],
    ['override payments @bo', 'override_until_when', { schedule: 'payments' }],
  ])('without an incident, %s: %s', async (words, code, values) => {
    expect((await bot.types('cy', words)).text).toBe(sentence(code, values));
    expect(await bot.eventTypes()).toEqual([]);
  });

  it.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ['step done', 'no_run', {}],
    ['runbook start', 'name_a_runbook', { known: '' }],
    ['handover ic', 'handover_to_whom', { role: 'ic' }],
    [
      'status sideways and down',
      'which_status',
      { words: 'sideways and down', known: 'investigating, identified, mitigated, declined, closed' },
    ],
  ])('in an incident, %s: %s', async (words, code, values) => {
    await bot.types('cy', 'sev4 Search is slow');
    const before = await bot.eventTypes();
    expect((await bot.types('cy', words, { incident: 1 })).text).toBe(sentence(code, values));
    expect(await bot.eventTypes()).toEqual(before);
  });

  it('says that nothing rings any more', async () => {
    await bot.types('cy', 'sev1 Checkout is down');
    await bot.types('bo', 'ack', { incident: 1 });
    expect((await bot.types('cy', 'ack', { incident: 1 })).text).toBe(sentence('nothing_to_acknowledge'));
    bot.forget();
  });

  it('names the open incidents when there are several', async () => {
    await bot.types('cy', 'sev4 Search is slow');
    await bot.types('cy', 'sev4 Mail is late');
    const { text } = await bot.types('cy', 'note which one');
    expect(text).toBe(sentence('which_incident', { open: 'inc-2 (Mail is late), inc-1 (Search is slow)' }));
  });

  it('asks which option, why skip, and says when no step waits', async () => {
    await bot.close();
    bot = await harness({ catalog: withRunbook() });
    await bot.types('cy', 'sev4 Search is slow');
    await bot.types('cy', 'runbook start short', { incident: 1 });
    expect((await bot.types('cy', 'step choose', { incident: 1 })).text).toBe(
      sentence('which_option', { step: 'what-helps', options: 'wait, restart' }),
    );
    expect((await bot.types('cy', 'step skip', { incident: 1 })).text).toBe(sentence('skip_why', { step: 'what-helps' }));
    await bot.types('cy', 'step choose restart', { incident: 1 });
    expect((await bot.types('cy', 'step done', { incident: 1 })).text).toBe(sentence('no_step'));
    bot.forget();
  });

  it('tells a stranger what to do', async () => {
    expect((await bot.types('zoe', 'sev1 Checkout is down')).text).toBe(sentence('unknown_person_asking', { user: 'zoe' }));
  });
});
