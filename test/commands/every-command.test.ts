import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Asking, Command, Readings } from '../../src/command.ts';
import { isRefusal } from '../../src/domain/kernel.ts';
import { domainOfAct } from '../../src/domain/registry.ts';
import { createCommandSet, headingOf } from '../../src/engine/hear/commands.ts';
import { readWords } from '../../src/engine/hear/words.ts';
import { busyIncident } from '../support/busy-incident.ts';
import { NOW } from '../support/given.ts';
import { loadCommands } from '../support/harness.ts';
import { catalogWithRunbooks as catalog } from '../support/shipped-runbooks.ts';

const commands = createCommandSet(await loadCommands());
const { view, switches } = busyIncident();
const asking: Asking = { person: 'ana', platform: 'console', catalog, now: NOW, view, switches };
const vocabulary = { catalog, person: 'ana', now: NOW };

/** Readings of a quiet night; a command that answers must manage with them. */
const quiet: Readings = {
  incident: async () => view,
  incidents: async () => [view.incident],
  timeline: async () => [],
  switches: async () => [],
  onCall: async () => [],
  report: async (sinceMs) => ({
    sinceAt: NOW - sinceMs,
    incidents: 0,
    drills: 0,
    pages: 0,
    acknowledged: 0,
    exhausted: 0,
    acknowledgeMs: null,
    mitigateMs: null,
    resolveMs: null,
  }),
};

/** What the example of a command is read as: the values, with the incident of the room filled in. */
function valuesOf(command: Command): Record<string, unknown> {
  const heading = headingOf(`/inc ${command.example}`, commands);
  if (heading.kind !== 'command' || heading.command !== command) throw new Error(`"${command.example}" is not ${command.name}`);
  const { values, missing, problem } = readWords(command.args, heading.rest, vocabulary);
  expect(problem, command.example).toBeNull();
  const incident = Object.entries(command.args).find(([, { widget }]) => widget === 'incident')?.[0];
  expect(
    missing.filter((name) => name !== incident),
    command.example,
  ).toEqual([]);
  return incident === undefined ? { ...values } : { ...values, [incident]: values[incident] ?? 42 };
}

describe.each(commands.all.map((command) => ({ name: command.name, command })))('$name', ({ command }) => {
  it('has an example that is read without a question', () => {
    const values = valuesOf(command);
    for (const [name, arg] of Object.entries(command.args)) expect(arg.schema.safeParse(values[name]).error, name).toBeUndefined();
  });

  it('asks for an act the domain knows, in its shape, or answers', async () => {
    const asked = command.act?.(valuesOf(command), asking) ?? null;
    if (asked === null) {
      const answered = await command.answer?.(valuesOf(command), asking, quiet);
      expect(answered).toMatchObject({ message: expect.any(String) });
      return;
    }
    expect(isRefusal(asked), JSON.stringify(asked)).toBe(false);
    const { type, ...data } = asked as { type: string };
    const row = domainOfAct(type)?.acts[type];
    expect(row, type).toBeDefined();
    expect(row?.data.safeParse(data).error, JSON.stringify(asked)).toBeUndefined();
    expect(row?.permission, 'people may ask it').not.toMatch(/internal|source/);
  });

  it('has arguments every chat world can draw', () => {
    for (const [name, arg] of Object.entries(command.args)) {
      expect(name).toMatch(/^[a-z]+$/);
      expect(arg.label).toMatch(/^[^A-Z\s].*[^.]$/);
      expect(arg.charsMax).toBeLessThanOrEqual(3_000);
      expect(arg.required).toBe(!(arg.schema instanceof z.ZodNullable));
    }
    // Two free texts without a keyword between them could not be told apart.
    const free = Object.values(command.args).filter(({ widget, keyword }) => (widget === 'text' || widget === 'title') && keyword === null);
    expect(free.length).toBeLessThanOrEqual(1);
  });
});

describe('the commands together', () => {
  it('answer to words of their own, also in capitals', () => {
    expect(commands.find('SEV')?.name).toBe('sev');
    expect(commands.find('nothing')).toBeNull();
    expect(() => createCommandSet([...commands.all, { ...(commands.all[0] as Command), name: 'log' }])).toThrow(
      /two commands answer to "log"/,
    );
  });

  it('say the examples as these acts', () => {
    const acts = commands.all.flatMap((command) => {
      const asked = command.act?.(valuesOf(command), asking) ?? null;
      return asked === null ? [] : [[command.example, asked]];
    });
    expect(Object.fromEntries(acts)).toMatchSnapshot();
  });
});
