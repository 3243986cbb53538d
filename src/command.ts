import { z } from 'zod';
import type { Catalog } from './domain/catalog.ts';
import type { AskedAct, Refusal } from './domain/kernel.ts';
import { BRIEFING_CHARS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX } from './domain/limits.ts';
import type { SwitchState } from './domain/switches/state.ts';
import type { IncidentView } from './readings/incident-view.ts';
import type { OnCallRow } from './readings/on-call.ts';
import type { ReportModel } from './readings/report.ts';
import type { SwitchBoardRow } from './readings/switch-board.ts';
import type { TimelineLine } from './readings/timeline.ts';

/**
 * The authoring kit of `commands/`. A command translates words into one act, or answers from a reading; never both, never
 * I/O. The widgets below are those every chat world can draw; parser, forms, help, README table and completion follow
 * from them.
 */
export type Widget =
  | 'title'
  | 'text'
  | 'severity'
  | 'person'
  | 'role'
  | 'switch'
  | 'service'
  | 'policy'
  | 'schedule'
  | 'runbook'
  | 'incident'
  | 'other-incident'
  | 'request'
  | 'page'
  | 'duration'
  | 'moment'
  | 'choice'
  | 'word'
  | 'number'
  | 'yes-no';

export interface Arg<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly widget: Widget;
  readonly label: string;
  readonly required: boolean;
  /** The word that must stand before the value, anywhere: `for 30m`, `because the disk is full`. */
  readonly keyword: string | null;
  readonly choices: readonly string[];
  readonly charsMax: number;
}
interface ArgOptions {
  readonly keyword?: string;
}

function define<S extends z.ZodType>(
  widget: Widget,
  schema: S,
  label: string,
  options: ArgOptions & { charsMax?: number; choices?: readonly string[] } = {},
): Arg<S> {
  return {
    schema,
    widget,
    label,
    required: true,
    keyword: options.keyword ?? null,
    choices: options.choices ?? [],
    charsMax: options.charsMax ?? NAME_CHARS_MAX,
  };
}
const name = z.string().min(1).max(NAME_CHARS_MAX);
/** As much as any chat world sends in one command; what is longer is no sentence of a person. */
const TYPED_CHARS_MAX = 10_000;
/** Durations people type; a year is more than any of them means. */
const DURATION_MS_MAX = 366 * 24 * 3_600_000;

export const arg = {
  /** A form takes as much as fits; whoever types more is not sent back: the command shortens it. */
  title: (label: string, options?: ArgOptions) =>
    define('title', z.string().trim().min(1).max(TYPED_CHARS_MAX), label, { ...options, charsMax: TITLE_CHARS_MAX }),
  text: (label: string, options?: ArgOptions) =>
    define('text', z.string().trim().min(1).max(TEXT_CHARS_MAX), label, { ...options, charsMax: TEXT_CHARS_MAX }),
  briefing: (label: string, options?: ArgOptions) =>
    define('text', z.string().trim().min(1).max(BRIEFING_CHARS_MAX), label, { ...options, charsMax: BRIEFING_CHARS_MAX }),
  severity: (label: string, options?: ArgOptions) => define('severity', name, label, options),
  person: (label: string, options?: ArgOptions) => define('person', name, label, options),
  role: (label: string, options?: ArgOptions) => define('role', name, label, options),
  switch: (label: string, options?: ArgOptions) => define('switch', name, label, options),
  service: (label: string, options?: ArgOptions) => define('service', name, label, options),
  policy: (label: string, options?: ArgOptions) => define('policy', name, label, options),
  schedule: (label: string, options?: ArgOptions) => define('schedule', name, label, options),
  runbook: (label: string, options?: ArgOptions) => define('runbook', name, label, options),
  /** Filled in from the room, or from the only open incident, when nobody names one. */
  incident: (label = 'which incident') => define('incident', z.int().positive(), label),
  /** An incident besides the one that is meant; never filled in. */
  otherIncident: (label: string) => define('other-incident', z.int().positive(), label),
  /** A flip request of a switch, `r3`. */
  request: (label: string) => define('request', name, label),
  page: (label: string) => define('page', name, label),
  /** Milliseconds. */
  duration: (label: string, options?: ArgOptions) => define('duration', z.int().positive().max(DURATION_MS_MAX), label, options),
  /** Milliseconds since 1970; typed as "18:00", "tomorrow 09:00", "2026-03-02 18:00" or "in 2h". */
  moment: (label: string, options?: ArgOptions) => define('moment', z.int().positive(), label, options),
  choice: <const C extends readonly [string, ...string[]]>(label: string, choices: C, options?: ArgOptions) =>
    define('choice', z.enum(choices), label, { ...options, choices }),
  word: (label: string, options?: ArgOptions) => define('word', name, label, options),
  number: (label: string, options?: ArgOptions) => define('number', z.int().nonnegative(), label, options),
  yes: (label: string, options?: ArgOptions) => define('yes-no', z.boolean(), label, options),
};
/** May be left out; it is null then. */
export function optional<S extends z.ZodType>(required: Arg<S>): Arg<z.ZodNullable<S>> {
  return { ...required, schema: required.schema.nullable(), required: false };
}

export type Args = Readonly<Record<string, Arg>>;
export type ArgValues<A extends Args> = { readonly [K in keyof A]: z.infer<A[K]['schema']> };

/** Who asks, where, and what is going on there. */
export interface Asking {
  readonly person: string;
  readonly platform: string;
  readonly catalog: Catalog;
  readonly now: number;
  /** The incident of the room, the one that was named, or the only open one. */
  readonly view: IncidentView | null;
  /** All switches, by id. */
  readonly switches: Readonly<Record<string, SwitchState>>;
}

/** What answers may look at; each reads, none changes. */
export interface Readings {
  incident(number: number): Promise<IncidentView | null>;
  /** Newest first. */
  incidents(query: { readonly open: boolean; readonly limit: number }): Promise<readonly IncidentView['incident'][]>;
  timeline(incident: number): Promise<readonly TimelineLine[]>;
  switches(): Promise<readonly SwitchBoardRow[]>;
  onCall(at: number): Promise<readonly OnCallRow[]>;
  report(sinceMs: number): Promise<ReportModel>;
}
/** Name of a template in `templates/messages` and what fills it. */
export interface MessageCall {
  readonly message: string;
  readonly model: Readonly<Record<string, unknown>>;
}

interface CommandBase<A extends Args> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One sentence, imperative, for help and the README. */
  readonly summary: string;
  /** As one would type it after `/incident`. */
  readonly example: string;
  readonly group: 'declare' | 'page' | 'lead' | 'record' | 'recover' | 'finish' | 'look';
  readonly args: A;
}
export interface ActingCommand<A extends Args = Args> extends CommandBase<A> {
  /** The act; a refusal when the words contradict each other; null when they only ask to look, which `answer` does. */
  readonly act: (values: ArgValues<A>, asking: Asking) => AskedAct | Refusal | null;
  readonly answer?: AnsweringCommand<A>['answer'];
  /** What the asker should do next; one line of message markup. */
  readonly next?: (incident: number | null) => string;
  /** Should everybody in the room see the answer; most acts speak for themselves in the room. */
  readonly aloud?: boolean;
}
export interface AnsweringCommand<A extends Args = Args> extends CommandBase<A> {
  readonly act?: undefined;
  readonly answer: (values: ArgValues<A>, asking: Asking, readings: Readings) => Promise<MessageCall | Refusal>;
}
export type Command = ActingCommand | AnsweringCommand;

/** A command with its values' types worked out from its `args`. */
export function defineCommand<A extends Args>(command: ActingCommand<A> | AnsweringCommand<A>): Command {
  // Values reach a command only after its own schemas accepted them.
  return command as unknown as Command;
}
