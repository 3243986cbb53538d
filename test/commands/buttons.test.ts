import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Asking } from '../../src/command.ts';
import { isRefusal } from '../../src/domain/kernel.ts';
import { stepNow } from '../../src/domain/runbooks/now.ts';
import { createCommandSet, headingOf } from '../../src/engine/hear/commands.ts';
import { readWords } from '../../src/engine/hear/words.ts';
import { BUTTON_WORDS, busyIncident } from '../support/busy-incident.ts';
import { NOW } from '../support/given.ts';
import { loadCommands } from '../support/harness.ts';
import { catalogWithRunbooks as catalog } from '../support/shipped-runbooks.ts';

const FOLDER = 'templates/messages';
const BUTTON = /\[\[((?:[^|[\]]|\{\{[^}]*\}\})+)\|([^|\]]+(?:\{\{[^}]*\}\}[^|\]]*)*)(?:\|[^\]]*)?\]\]/g;
const commands = createCommandSet(await loadCommands());
const { view, switches } = busyIncident();
const asking: Asking = { person: 'ana', platform: 'console', catalog, now: NOW, view, switches };

/** Every button of every message template: where it is, and what pressing it types. */
const buttons = readdirSync(FOLDER).flatMap((file) =>
  [...readFileSync(`${FOLDER}/${file}`, 'utf8').matchAll(BUTTON)].map(([, label = '', words = '']) => ({ file, label, words })),
);

/** What pressing it comes to: an act, a form for what is missing, an answer, or a refusal. */
function outcomeOf(words: string): string {
  const heading = headingOf(words, commands);
  if (heading.kind === 'help')
    return heading.topic === null || commands.find(heading.topic) !== null ? 'help' : `no topic ${heading.topic}`;
  if (heading.kind === 'unknown') return `no command ${heading.word}`;
  const { command, rest } = heading;
  const { values, missing, problem } = readWords(command.args, rest, { catalog, person: 'ana', now: NOW });
  if (problem !== null) return `problem: ${problem}`;
  const incident = Object.entries(command.args).find(([, { widget }]) => widget === 'incident')?.[0];
  if (missing.some((name) => name !== incident)) return 'form';
  const known = incident === undefined ? values : { ...values, [incident]: values[incident] ?? 42 };
  const asked = command.act?.(known as never, asking) ?? null;
  if (asked === null) return 'answer';
  return isRefusal(asked) ? `refused: ${asked.refused}` : asked.type;
}

/** The words of a button with every `{{name}}` filled in as in the busy incident. */
function typedBy(words: string): string {
  return words.replaceAll(/\{\{[#/][^}]*\}\}/g, '').replaceAll(/\{\{([^}]+)\}\}/g, (_all, name: string) => {
    const word = BUTTON_WORDS[name];
    if (word === undefined) throw new Error(`which word stands for {{${name}}}? Say it in test/support/busy-incident.ts`);
    return word;
  });
}

describe('every button', () => {
  it('is seen by this test', () => {
    const marks = readdirSync(FOLDER).flatMap((file) => readFileSync(`${FOLDER}/${file}`, 'utf8').match(/\[\[/g) ?? []);
    expect(buttons).toHaveLength(marks.length);
    expect(buttons.length).toBeGreaterThan(30);
  });

  it('does what it says', () => {
    const outcomes = buttons.map(({ file, label, words }) => [`${file}: ${label} (${words})`, outcomeOf(typedBy(words))]);
    expect(outcomes.filter(([, outcome]) => /^(?:no |problem)/.test(outcome ?? ''))).toEqual([]);
    expect(Object.fromEntries(outcomes)).toMatchSnapshot();
  });

  it('of the step that is due types a command', () => {
    const choices = view.run === null ? [] : (stepNow(view.run)?.choices ?? []);
    expect(choices.map(({ label, words }) => `${label}: ${outcomeOf(words)}`)).toEqual([
      'It is real: run.choose',
      'It is real and too big for us: run.choose',
      'Nothing is broken: run.choose',
      'Skip: refused: skip_why',
    ]);
  });
});
