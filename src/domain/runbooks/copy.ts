import { z } from 'zod';
import { TEXT_CHARS_MAX } from '../limits.ts';
import { Milliseconds, Name, Title, Url } from '../shapes.ts';
import { RUNBOOK_CHARS_MAX } from './limits.ts';

// The copy of a runbook that a run's first event keeps: what was followed then, whatever the file says now.

const Text = z.string().max(TEXT_CHARS_MAX);
const Status = z.int().min(100).max(599);

const OptionCopy = z.strictObject({ id: Name, label: Title, go: Name.nullable() });
const Options = z.array(OptionCopy).readonly();

export const CheckpointCopy = z.strictObject({ id: Name, afterMs: Milliseconds, question: Title, options: Options });

const DoesCopy = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('manual') }),
  z.strictObject({ do: z.literal('choose'), options: Options }),
  z.strictObject({ do: z.literal('approve') }),
  z.strictObject({ do: z.literal('wait-for'), url: Url, status: Status, everyMs: Milliseconds, timeoutMs: Milliseconds }),
  z.strictObject({
    do: z.literal('http'),
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
    url: Url,
    headers: z.record(z.string(), z.string()),
    body: Text.nullable(),
    expectStatus: z.array(Status).readonly(),
    timeoutMs: Milliseconds,
  }),
  z.strictObject({ do: z.literal('switch'), switch: Name, to: z.int().nonnegative(), reason: Text, ttlMs: Milliseconds.nullable() }),
  z.strictObject({ do: z.literal('role'), role: Name }),
  z.strictObject({ do: z.literal('update'), text: Text }),
]);

export const StepCopy = z.strictObject({
  id: Name,
  title: Title,
  prose: z.string().max(RUNBOOK_CHARS_MAX),
  budgetMs: Milliseconds.nullable(),
  retries: z.int().nonnegative(),
  when: z.strictObject({ step: Name, chose: z.array(Name).readonly() }).nullable(),
  approve: z.strictObject({ role: Name.nullable(), count: z.int().positive() }).nullable(),
  does: DoesCopy,
  line: z.int().positive(),
});
