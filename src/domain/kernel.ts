import type { z } from 'zod';
import type { Catalog } from './catalog.ts';

/** Who asks: a person of the catalog, an alert source, a timer, or Allclear itself following up. */
export type Actor = `person:${string}` | `source:${string}` | 'clock' | 'allclear';

/** The person behind an actor, or null when it was not a person. */
export function personOf(actor: Actor): string | null {
  return actor.startsWith('person:') ? actor.slice('person:'.length) : null;
}

/**
 * The least an actor must be to ask an act. People have a rank in the catalog; `source` acts are for verified
 * webhooks; `internal` ones only for timers and for Allclear following up on its own events.
 */
export type Permission = 'anyone' | 'responder' | 'commander' | 'admin' | 'source' | 'internal';

/** One row of a domain's `events.ts`: the persisted contract of one fact. */
export interface EventRow<D extends z.ZodType = z.ZodType> {
  /** Version of the shape of `data`; raised together with a row in `upcast`. */
  readonly schema: number;
  readonly data: D;
  /** The fact in one line, for the timeline. People are written `<@id>`; text from people goes through unchanged. */
  readonly say: (data: z.infer<D>) => string;
  /** Brings the data of an older schema one version up: `upcast[1]` turns schema 1 into 2. */
  readonly upcast?: Readonly<Record<number, (data: unknown) => unknown>>;
}
export function event<D extends z.ZodType>(row: EventRow<D>): EventRow<D> {
  return row;
}
export type EventCatalogue = Readonly<Record<string, EventRow>>;
export type EventOf<C extends EventCatalogue> = {
  [K in keyof C & string]: { readonly type: K; readonly data: z.infer<C[K]['data']> };
}[keyof C & string];
export interface EventShape {
  readonly type: string;
  readonly data: unknown;
}

/** An event with its place in the ledger. `at` is milliseconds since 1970. */
export type Recorded<E extends EventShape = EventShape> = E & {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly at: number;
  readonly actor: Actor;
};

/** One row of a domain's `acts.ts`: what may be asked, by whom, and of which stream. */
export interface ActRow<D extends z.ZodType = z.ZodType> {
  readonly data: D;
  readonly permission: Permission;
  /** The stream whose state decides, such as `incident/42`; `<kind>/new` gets the next free number. */
  readonly stream: (act: z.infer<D>) => string;
  /** Other streams the decision looks at; their states arrive in `context.states`. */
  readonly reads?: (act: z.infer<D>, catalog: Catalog) => readonly string[];
  /** Position of one ledger entry the decision looks at; it arrives in `context.entry`. */
  readonly entry?: (act: z.infer<D>) => number;
}
export function act<D extends z.ZodType>(row: ActRow<D>): ActRow<D> {
  return row;
}
export type ActCatalogue = Readonly<Record<string, ActRow>>;
export type ActOf<C extends ActCatalogue> = {
  [K in keyof C & string]: { readonly type: K } & z.infer<C[K]['data']>;
}[keyof C & string];
export interface ActShape {
  readonly type: string;
}
/** An act on its way to the door: not yet checked against its row. */
export type AskedAct = ActShape & Readonly<Record<string, unknown>>;

/** Everything a decision may know besides its own stream; plain data, gathered before. */
export interface Context {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly actor: Actor;
  readonly catalog: Catalog;
  /** The stream being decided, with a real number where the act said `new`. */
  readonly stream: string;
  /** States of the streams named by the act's `reads`; a stream without events is in its initial state. */
  readonly states: ReadonlyMap<string, unknown>;
  /** The event the act's `entry` names; null when there is none or it was redacted before. */
  readonly entry?: Recorded | null;
  /** 32 hexadecimal digits, new for every submit: names for requests and the like. */
  readonly token: string;
}

/** The expected no: a stable code and the values its sentence needs. */
export interface Refusal {
  readonly refused: string;
  readonly values: Readonly<Record<string, string>>;
}
export function refuse(code: string, values: Readonly<Record<string, string>> = {}): Refusal {
  return { refused: code, values };
}
export type Decision<E extends EventShape> = readonly E[] | Refusal;
export function isRefusal(decision: unknown): decision is Refusal {
  return typeof decision === 'object' && decision !== null && 'refused' in decision;
}

/** Code → the sentence for the asker; says what to do next. Values are text from people or the catalog. */
export type RefusalCatalogue = Readonly<Record<string, (values: Readonly<Record<string, string>>) => string>>;

/** A kind of stream with its rules. All five functions are pure. */
export interface Domain<S, E extends EventShape, A extends ActShape> {
  /** First part of the stream's name: `incident` in `incident/42`. */
  readonly kind: string;
  /** Raised whenever `evolve` changes meaning, so that stored snapshots are folded again. */
  readonly fold: number;
  readonly events: EventCatalogue;
  readonly acts: ActCatalogue;
  readonly refusals: RefusalCatalogue;
  initial(stream: string): S;
  evolve(state: S, event: Recorded<E>): S;
  decide(state: S, act: A, context: Context): Decision<E>;
  /** The promises owed because of `event`; `state` is the fold up to and including it. Knows no configuration. */
  react(event: Recorded<E>, state: S): readonly Effect[];
  /** What lists and look-ups need: is it still going on, and which incident does it belong to. */
  summary(state: S): { readonly open: boolean; readonly incident: number | null };
}
export type AnyDomain = Domain<unknown, EventShape, ActShape>;

/**
 * A promise owed because of an event. Addresses, names and secrets are looked up when it is kept, never stored in it.
 * `platform` names one chat world, because each keeps its promises apart from the others.
 */
export type Effect =
  /** An act through the same door, now or at `dueAt`: a follow-up or a timer. Timers are questions, never cancelled. */
  | { readonly kind: 'ask'; readonly act: AskedAct; readonly actor?: Actor; readonly dueAt?: number }
  /** Wake `person` through `pager`; asked again whether it is still needed just before sending. */
  | {
      readonly kind: 'page.notify';
      readonly page: string;
      readonly notification: string;
      readonly person: string;
      readonly pager: string;
      readonly dueAt?: number;
    }
  | { readonly kind: 'room.open'; readonly platform: string; readonly incident: number }
  /** Bring the living card (and topic) up to date; many collapse into the latest. */
  | { readonly kind: 'room.keep'; readonly platform: string; readonly incident: number }
  /** Say once, because somebody must look. `message` names a template in `templates/messages`; the event fills it. */
  | { readonly kind: 'room.say'; readonly platform: string; readonly incident: number; readonly message: string }
  | { readonly kind: 'room.invite'; readonly platform: string; readonly incident: number; readonly people: readonly string[] }
  /** Close the room for good, or open it again. */
  | { readonly kind: 'room.archive'; readonly platform: string; readonly incident: number; readonly archived: boolean }
  /** Make a group there those who are on call by a schedule now; many collapse into the latest. */
  | { readonly kind: 'group.keep'; readonly platform: string; readonly schedule: string }
  /** `incident` is null for what belongs to none. */
  | {
      readonly kind: 'direct.say';
      readonly platform: string;
      readonly person: string;
      readonly incident: number | null;
      readonly message: string;
    }
  /** Run one automated runbook step. */
  | { readonly kind: 'step.run'; readonly run: string; readonly step: string; readonly attempt: number }
  /** Write the postmortem and publish it. */
  | { readonly kind: 'postmortem.publish'; readonly incident: number };
export type EffectKind = Effect['kind'];
