import type { z } from 'zod';
import type { Catalog } from '../domain/catalog.ts';
import type { Actor, AskedAct } from '../domain/kernel.ts';
import type { RunbookStep } from '../domain/runbooks/runbook.ts';
import type { Document } from '../readings/document.ts';
import type { PostmortemFile } from '../readings/postmortem-file.ts';

// ───────────── Outcomes: one small vocabulary for everything that touches the world

/** Why the world failed; the same word in code, log and metric. */
export type Reason = 'auth' | 'rate_limited' | 'client' | 'server' | 'timeout' | 'unreachable' | 'unknown';

/** What keeping a promise came to. `acts` are facts to tell the ledger through the one door. */
export type Outcome =
  | { readonly outcome: 'done'; readonly acts?: readonly AskedAct[] }
  /** Nothing failed, it is only too early: look again in exactly `afterMs`. Not counted among the attempts. */
  | { readonly outcome: 'later'; readonly reason: Reason; readonly detail: string; readonly afterMs: number }
  /** Failed for now. Try again, not before `afterMs` when the far end said so. */
  | { readonly outcome: 'retry'; readonly reason: Reason; readonly detail: string; readonly afterMs?: number }
  /** Sent, but nobody knows whether it arrived. Pages repeat under the same key, dangerous things stop and ask. */
  | { readonly outcome: 'unknown'; readonly reason: Reason; readonly detail: string }
  /** Will never work. */
  | { readonly outcome: 'dead'; readonly reason: Reason; readonly detail: string };

/** Handed to every adapter with each attempt. */
export interface Attempt {
  /** The same on every repeat: the far end can deduplicate by it. */
  readonly key: string;
  /** 1 for the first. */
  readonly number: number;
  /** Aborts when the attempt's time is up. */
  readonly signal: AbortSignal;
  /** How long nobody else does it yet, milliseconds; below zero nothing is sent any more. Absent where nobody else could. */
  readonly leftMs?: () => number;
}
/** Nothing was sent. */
export const TOO_LATE = {
  outcome: 'later',
  reason: 'timeout',
  detail: 'suspended for longer than the lease',
  afterMs: 0,
} as const satisfies Outcome;

// ───────────── Platform: a chat world

/** A delivery from a person, verified by its surface. */
export interface Heard {
  readonly platform: string;
  /** The platform's own key of this delivery; a repeat gets the first answer. */
  readonly key: string;
  /** A person of the catalog, or null when the platform's user is nobody we know. */
  readonly person: string | null;
  /** What the platform calls them, for the refusal. */
  readonly userName: string;
  /** Room it was said in: the incident whose room it is, or null. */
  readonly incident: number | null;
  /** How long the asker may wait for what follows at once, the room of what they declare, milliseconds; absent where nobody waits. */
  readonly waitsMs?: number;
  /** `words` is a command line without `/incident`; `form` are the fields of a form drawn from a Reply; `pin` a message pinned or unpinned. */
  readonly said:
    | { readonly kind: 'words'; readonly words: string }
    | { readonly kind: 'form'; readonly command: string; readonly values: Readonly<Record<string, string>> }
    | {
        readonly kind: 'pin';
        readonly pinned: boolean;
        readonly message: string;
        readonly text: string;
        readonly author: string;
        readonly at: number;
        readonly url: string | null;
      }
    /** A message of a room was edited, or deleted (`text` null). Matters only if it is pinned; nobody asked, so nobody is answered. */
    | { readonly kind: 'edited'; readonly message: string; readonly text: string | null }
    /** Somebody opened their own page there: their pages, roles and what is going on. */
    | { readonly kind: 'home' };
}
/** What the asker sees. `fields` are complaints about single form fields, by name. */
export interface Reply {
  readonly ok: boolean;
  readonly document: Document;
  /** True when only the asker should see it. */
  readonly quiet: boolean;
  readonly form?: Form;
  readonly fields?: Readonly<Record<string, string>>;
  /** The incident that now matters, so that a surface can lead there. */
  readonly incident?: number;
}
export interface Form {
  readonly command: string;
  readonly title: string;
  readonly fields: readonly FormField[];
}
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly widget: 'text' | 'paragraph' | 'choice' | 'person' | 'duration' | 'yes-no';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
  readonly charsMax: number;
}
export type Hear = (heard: Heard) => Promise<Reply>;

/** A command for surfaces that offer typed arguments before anything is sent. */
export interface CommandOutline {
  readonly name: string;
  readonly summary: string;
  readonly args: readonly ArgOutline[];
}
export interface ArgOutline {
  readonly name: string;
  readonly label: string;
  /** Must be given: what the room or the asker fills in by itself is not among them. */
  readonly required: boolean;
  /** `choice` has few values that never change; `known` has those the configuration names just now, `incident` the open ones. */
  readonly kind: 'text' | 'long-text' | 'person' | 'yes-no' | 'number' | 'incident' | 'choice' | 'known';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly charsMax: number;
}

/** What a platform is asked to do. Rooms and cards are named by incident: finding again is the platform's business. */
export type ChatPromise =
  | { readonly kind: 'open'; readonly incident: number; readonly name: string; readonly title: string }
  | {
      readonly kind: 'keep';
      readonly incident: number;
      readonly room: string;
      readonly topic: string;
      readonly card: Document;
      readonly digest: Document;
      /** Where more about it is, beside the room's name. */
      readonly links?: readonly { readonly label: string; readonly url: string }[];
      /** Channel in which incidents of this severity are announced, with what is kept current there. */
      readonly announcement?: { readonly channel: string; readonly document: Document } | null;
    }
  | { readonly kind: 'say'; readonly incident: number; readonly room: string; readonly document: Document }
  | {
      readonly kind: 'invite';
      readonly incident: number;
      readonly room: string;
      readonly people: readonly string[];
      /** Groups of the platform whose members come too. */
      readonly groups?: readonly string[];
    }
  /** Closes the room for good, or opens it again. */
  | { readonly kind: 'archive'; readonly incident: number; readonly room: string; readonly archived: boolean }
  /** Makes these people, and nobody else, the members of a group. */
  | { readonly kind: 'group'; readonly group: string; readonly people: readonly string[] }
  /** `urgent` wakes somebody: it waits for nothing else, and is sent again rather than looked for. */
  | { readonly kind: 'direct'; readonly person: string; readonly document: Document; readonly urgent?: boolean };

export interface Platform {
  readonly name: string;
  /** Connects and begins to hear; answers once it can deliver or knows that it cannot yet. */
  start(hear: Hear): Promise<void>;
  /** Stops intake, then disconnects. */
  stop(): Promise<void>;
  /**
   * Keeps one promise. A repeat under the same key shows nothing twice. An opened room comes back as the act `incident.room-opened`,
   * what a kept room lacks for good (its topic, its pin) as `incident.room-degraded`.
   */
  deliver(promise: ChatPromise, attempt: Attempt): Promise<Outcome>;
  /** Groups a person belongs to there, as permission source; empty where the platform has none. */
  groups(person: string): Promise<readonly string[]>;
}

// ───────────── Pager: a way to wake a person

export interface PageNotice {
  readonly page: string;
  readonly incident: number;
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
    readonly phone: string | null;
    readonly webhook: string | null;
  };
  readonly title: string;
  /** First line of everything: `[sev1] inc-42 Checkout is down`. */
  readonly subject: string;
  readonly document: Document;
  /** Page whose GET changes nothing and whose POST acknowledges. */
  readonly acknowledgeUrl: string;
  readonly consoleUrl: string;
  readonly level: number;
  /** When the page began: a late page must carry its age. Milliseconds since 1970. */
  readonly startedAt: number;
}
export interface Pager {
  readonly name: string;
  /** Why this person cannot be reached this way, or null. */
  unreachable(person: PageNotice['person']): string | null;
  page(notice: PageNotice, attempt: Attempt): Promise<Outcome>;
}

// ───────────── Step: an automated kind of runbook step

export interface StepRequest {
  readonly run: string;
  readonly incident: number;
  readonly step: RunbookStep;
  /** The run's own count of the step's starts, which every report names. */
  readonly attempt: number;
  /** Where a `wait-for` began, milliseconds since 1970. */
  readonly startedAt: number;
  readonly now: number;
}
export interface Step {
  readonly kind: string;
  /** True when a repeat after an unknown outcome could do harm: then it stops and asks. */
  readonly onceOnly: boolean;
  run(request: StepRequest, attempt: Attempt): Promise<Outcome>;
}

// ───────────── Source: a kind of inbound alert

export interface InboundAlert {
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly title: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly url: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
}
export interface Source {
  readonly name: string;
  /** The payload's shape; unknown keys are ignored. */
  readonly payload: z.ZodType;
  /** Alerts in a payload that passed `payload`. */
  alerts(payload: unknown): readonly InboundAlert[];
}

// ───────────── Forge: where the postmortem is published

export interface Forge {
  readonly name: string;
  /** Publishes under a name derived from the incident; a repeat updates and makes no second one. Done carries `followup.published`. */
  publish(file: PostmortemFile, attempt: Attempt): Promise<Outcome>;
}

// ───────────── The one door, as surfaces and adapters see it

export interface Submission {
  readonly act: AskedAct;
  readonly actor: Actor;
  /** Business key of the delivery; a repeat gets the first answer. */
  readonly key?: string;
}
export type Answer =
  | {
      readonly ok: true;
      readonly stream: string;
      readonly positions: readonly number[];
      readonly events: readonly { readonly type: string; readonly data: unknown }[];
    }
  | { readonly ok: false; readonly code: string; readonly sentence: string };
export type Submit = (submission: Submission) => Promise<Answer>;

/** The catalog in force; changes only when the operator reloads it. */
export type CurrentCatalog = () => Catalog;
