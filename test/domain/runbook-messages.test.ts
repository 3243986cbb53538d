import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/domain/kernel.ts';
import { runDomain } from '../../src/domain/runbooks/domain.ts';
import type { RunEvent } from '../../src/domain/runbooks/events.ts';
import { createMessages } from '../../src/engine/messages.ts';
import type { Button } from '../../src/readings/document.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { contextOf, NOW } from '../support/given.ts';
import { started, world } from '../support/run-story.ts';
import { chooseOf, runbookOf, stepOf } from '../support/runbook-build.ts';

const messages = createMessages(fileURLToPath(new URL('../../templates/messages', import.meta.url)), () => exampleCatalog);
const options = [
  { id: 'go-on', label: 'Go on', go: null },
  { id: 'back', label: 'Roll back', go: null },
];
const book = runbookOf([stepOf('one'), chooseOf('two', 'a', 'b')], [{ id: '5m', afterMs: 300_000, question: 'Better?', options }]);
const state = started(book).state;
const incident = world({ roles: { ic: 'bo' } }).states?.get('incident/42');
const attempt = { step: 'one', title: 'Step *one*', attempt: 1 };

/** One event for every message. */
const events: readonly RunEvent[] = [
  started(book).events[0] as RunEvent,
  started(book, {}, true).events[0] as RunEvent,
  { type: 'run.approval-wanted', data: { step: 'one', title: 'Step one', role: 'ic', count: 1, elapsedMs: 0 } },
  { type: 'run.approval-wanted', data: { step: 'one', title: 'Step one', role: null, count: 2, elapsedMs: 0 } },
  { type: 'run.step-failed', data: { ...attempt, reason: 'server', detail: 'answered 500 <@ana>' } },
  { type: 'run.step-unknown', data: { ...attempt, detail: 'lost' } },
  { type: 'run.step-answered-late', data: { ...attempt, outcome: 'succeeded', detail: '' } },
  { type: 'run.step-overran', data: { ...attempt, budgetMs: 60_000 } },
  {
    type: 'run.checkpoint-reached',
    data: {
      checkpoint: '5m',
      question: 'Better?',
      options: options.map(({ id, label }) => ({ id, label })),
      open: [{ id: 'one', title: 'Step one' }],
      ahead: 2,
      elapsedMs: 300_000,
    },
  },
  {
    type: 'run.finished',
    data: { title: 'Lights out', clockMs: 900_000, elapsedMs: 300_000, done: 1, skipped: [{ id: 'one', title: 'Step one' }] },
  },
];

function messageOf(event: RunEvent): string {
  const { now: at, actor, stream } = contextOf('run/42');
  const effects = runDomain.react({ ...event, at, actor, stream, position: 1, version: 1 }, state);
  return effects.find((effect): effect is Extract<Effect, { kind: 'room.say' }> => effect.kind === 'room.say')?.message ?? 'none';
}
function drawn(event: RunEvent): { readonly text: string; readonly buttons: readonly Button[] } {
  const { blocks } = messages.document(messageOf(event), { type: event.type, event: event.data, at: NOW, actor: '<@ana>', incident });
  return { text: JSON.stringify(blocks), buttons: blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons : [])) };
}

describe('what a run says in the room', () => {
  test.each(events.map((event) => ({ event, message: messageOf(event) })))('$message is drawn, and ends with what to do', ({ event }) => {
    const { text, buttons } = drawn(event);
    expect(text).not.toContain('undefined');
    expect(buttons.length).toBeGreaterThan(0);
    for (const { command } of buttons)
      expect(command).toMatch(/^(?:step (?:done|retry|skip|approve|decide)|runbook (?:pause|abort)|status|resolve|page)\b/);
  });

  test('has a template for every message a run can say', () => {
    expect([...new Set(events.map(messageOf))].toSorted()).toEqual(messages.names.filter((name) => name.startsWith('run-')).toSorted());
  });

  test('asks the commander by name at a checkpoint, with one button for each way', () => {
    const { text, buttons } = drawn(events[8] as RunEvent);
    expect(text).toContain('{"kind":"person","id":"bo"}');
    expect(text).toContain('Step one');
    expect(buttons.map(({ label, command }) => [label, command])).toEqual([
      ['Go on', 'step decide 5m go-on'],
      ['Roll back', 'step decide 5m back'],
    ]);
  });

  test('shows text from files and answers as text', () => {
    const { text } = drawn(events[4] as RunEvent);
    expect(text).toContain('Step *one* failed');
    expect(text).toContain('answered 500 <@ana>');
    expect(text).not.toContain('"kind":"person"');
  });
});
