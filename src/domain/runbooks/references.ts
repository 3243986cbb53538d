import type { RunbookStep } from './runbook.ts';
import { oneOf } from './sentence.ts';
import type { Place } from './yaml-block.ts';

/** A place in a runbook that names a step. `from` is the step it is written in, null for a checkpoint. */
export type Reference =
  | { readonly kind: 'jump'; readonly from: string | null; readonly step: string; readonly place: Place; readonly path: string }
  | {
      readonly kind: 'condition';
      readonly from: string;
      readonly step: string;
      readonly chose: readonly string[];
      readonly place: Place;
      readonly path: string;
    };
interface Complaint {
  readonly place: Place;
  readonly path: string;
  readonly sentence: string;
}
/** `step` is null when its block is broken: then it exists, but nothing more is known of it. */
interface Known {
  readonly id: string;
  readonly step: RunbookStep | null;
}

/** Complains of jumps to nowhere and of conditions that can never be met. */
export function unmetReferences(references: readonly Reference[], steps: readonly Known[]): readonly Complaint[] {
  return references.flatMap((reference): Complaint[] => {
    const sentence = reference.kind === 'jump' ? complaintAboutJump(reference, steps) : complaintAboutCondition(reference, steps);
    return sentence === null ? [] : [{ place: reference.place, path: reference.path, sentence }];
  });
}

function complaintAboutJump({ from, step }: Reference, steps: readonly Known[]): string | null {
  if (step === from) return 'A step cannot lead to itself; name another one, or remove `go`.';
  return steps.some(({ id }) => id === step) ? null : unknownStep(step, steps);
}

function complaintAboutCondition(reference: Extract<Reference, { kind: 'condition' }>, steps: readonly Known[]): string | null {
  const index = steps.findIndex(({ id }) => id === reference.step);
  if (index === -1) return unknownStep(reference.step, steps);
  if (index >= steps.findIndex(({ id }) => id === reference.from))
    return `\`${reference.step}\` does not come before this step, so nothing is chosen there yet.`;
  const step = steps[index]?.step ?? null;
  if (step === null) return null;
  if (step.does.do !== 'choose') return `Nothing is chosen in \`${reference.step}\`; name a step that does \`choose\`.`;
  const options = step.does.options.map(({ id }) => id);
  const unknown = reference.chose.find((option) => !options.includes(option));
  return unknown === undefined ? null : `\`${reference.step}\` has no option \`${unknown}\`; it has ${oneOf(options)}.`;
}

function unknownStep(step: string, steps: readonly Known[]): string {
  return `There is no step \`${step}\`. Steps are: ${steps.map(({ id }) => id).join(', ')}.`;
}
