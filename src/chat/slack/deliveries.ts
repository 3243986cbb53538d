import type { Clock } from '../../kit/clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kit/duration.ts';
import { hmacSha256Hex, sameSecret, sha256Hex } from '../../kit/hashing.ts';
import { LineCutError } from '../../kit/line.ts';
import type { Notes } from '../notes.ts';

export type Body = Readonly<Record<string, unknown>>;
export type Acknowledge = (content?: unknown) => Promise<void>;

/** A request as it came in over HTTP. */
export interface SlackRequest {
  readonly body: string;
  readonly timestamp: string;
  readonly signature: string;
}
export interface SlackAnswer {
  readonly status: number;
  /** JSON, plain text, or nothing. */
  readonly body: string;
}
export interface DeliveryPorts {
  readonly notes: Notes;
  readonly clock: Clock;
  /** Works on one delivery to its end. Of a form it acknowledges, all else is acknowledged already. */
  readonly process: (body: Body, acknowledge: Acknowledge) => Promise<void>;
  readonly bug: (fault: unknown) => void;
}
export interface Deliveries {
  /**
   * Writes the delivery down, acknowledges it, then works on it; a form is acknowledged by whoever works on it. Throws when it could not
   * be written down: then it was not acknowledged either.
   */
  take(body: Body, acknowledge: Acknowledge): Promise<void>;
  /** Works on what was written down and never finished. */
  replay(): Promise<void>;
  /** Tries nothing again any more; what is not finished stays written down. */
  stop(): void;
}

/** Whatever was in the way, Slack or the store, may be gone by then. */
const AGAIN_MS = MINUTE_MS;
/** What fails longer than an outage lasts is a mistake of ours: the next start tries it once more. */
const TRIES_MAX = 60;
/** What nobody worked on for this long is of the past. */
const KEPT_MS = 24 * HOUR_MS;
const NOTE = 'heard/';
/** The only kind whose acknowledgement says something: what is wrong at which field. */
const FORM = 'view_submission';
const SILENTLY: Acknowledge = async () => undefined;

interface Kept {
  readonly at: number;
  readonly body: Body;
}

/**
 * Deliveries are written down before Slack is told that they arrived, and until they were worked on: a crash in between loses nothing,
 * because each is heard under its own key and so again with the first answer. What nobody waits for an answer to outlives a power cut too.
 */
export function createDeliveries({ notes, clock, process, bug }: DeliveryPorts): Deliveries {
  const work = async (note: string, body: Body, acknowledge: Acknowledge, tries = 1): Promise<void> => {
    try {
      await process(body, acknowledge);
      await notes.remove(note);
    } catch (fault) {
      bug(fault);
      // What ended one thread after another is left for the next start.
      if (tries < TRIES_MAX && !(fault instanceof LineCutError)) again(note, body, tries + 1);
    }
  };
  const waiting = new Set<() => void>();
  const again = (note: string, body: Body, tries: number): void => {
    const cancel = clock.alarm(clock.now() + AGAIN_MS, () => {
      waiting.delete(cancel);
      work(note, body, SILENTLY, tries).catch(bug);
    });
    waiting.add(cancel);
  };
  return {
    async take({ token: _retired, ...body }, acknowledge) {
      const key = keyOf(body);
      if (key === null || isTalk(body)) return acknowledge();
      const note = NOTE + key;
      const kept = JSON.stringify({ at: clock.now(), body } satisfies Kept);
      await (isAwaited(body) ? notes.jot(note, kept) : notes.put(note, kept));
      if (body['type'] === FORM) return work(note, body, acknowledge);
      await acknowledge();
      await work(note, body, SILENTLY);
    },
    async replay() {
      for (const { key, value } of await notes.list(NOTE)) {
        const { at, body } = JSON.parse(value) as Kept;
        if (clock.now() - at > KEPT_MS) await notes.remove(key);
        else await work(key, body, SILENTLY);
      }
    },
    stop() {
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}

/** Whoever asked sees that no answer comes and asks again; an event of the workspace is missed by nobody, so it has to be on the disk. */
function isAwaited(body: Body): boolean {
  return body['type'] !== 'event_callback';
}

/** What people say to each other is not even written down: only edits of it may matter, and pins are told otherwise. */
function isTalk(body: Body): boolean {
  const { type, subtype } = (body['event'] ?? {}) as { readonly type?: unknown; readonly subtype?: unknown };
  return type === 'message' && subtype !== 'message_changed' && subtype !== 'message_deleted';
}

/** Slack's own name of a delivery; the envelope of a retry is another, this is not. Null for what is no delivery of a person. */
function keyOf(body: Body): string | null {
  const { event_id: event, trigger_id: trigger, view } = body as { event_id?: unknown; trigger_id?: unknown; view?: Body };
  if (typeof event === 'string') return event;
  if (body['type'] === FORM) return `view-${sha256Hex(JSON.stringify([view?.['id'], view?.['hash'], view?.['state']]))}`;
  return typeof trigger === 'string' ? `trigger-${trigger}` : null;
}

const WINDOW_SECONDS = 300;
/** docs.slack.dev/authentication/verifying-requests-from-slack: version of the scheme. */
const VERSION = 'v0';

/**
 * True when Slack signed exactly this body within five minutes of now, either way: Bolt's own check takes signatures of the future.
 */
export function isSigned(secret: string, { body, timestamp, signature }: SlackRequest, now: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  const isFresh = Math.abs(now / SECOND_MS - Number(timestamp)) <= WINDOW_SECONDS;
  return sameSecret(signature, `${VERSION}=${hmacSha256Hex(secret, `${VERSION}:${timestamp}:${body}`)}`) && isFresh;
}

/** Events come as JSON, interactions as JSON in a form's field, commands as a form; null for nothing of these. */
export function bodyOf(text: string): Body | null {
  try {
    const json = text.startsWith('{') ? text : new URLSearchParams(text).get('payload');
    if (json === null) return Object.fromEntries(new URLSearchParams(text));
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Body) : null;
  } catch {
    return null;
  }
}
