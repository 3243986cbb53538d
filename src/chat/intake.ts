import type { Hear, Heard, Reply } from '../engine/ports.ts';

/** Answers kept for repeats; a double click comes within a second, a retry of a browser within minutes. */
export const ANSWERS_KEPT_MAX = 1_000;

/**
 * Whoever declares reads in one answer where the room is or why there is none. A room takes half a second where a request takes 100 ms; what
 * takes longer than this is told afterwards, well before a platform gives up waiting for the answer (three seconds, for Slack's forms).
 */
export const ROOM_WAIT_MS = 1_500;

/** The first answer to a delivery; null while nobody hears. */
export type HearOnce = (heard: Heard) => Promise<Reply | null>;

export interface Intake {
  open(hear: Hear): void;
  close(): void;
  /** The first answer to this delivery, also for a repeat under its key; null while nobody hears. */
  hear(heard: Heard): Promise<Reply> | null;
}

/**
 * Deliveries from people's browsers. A repeat of a key, also one that comes while the first is still being answered, gets the
 * first answer. One whose hearing failed is forgotten: it may be tried again.
 */
export function createIntake(): Intake {
  const answers = new Map<string, Promise<Reply>>();
  let hearing: Hear | null = null;
  return {
    open(hear) {
      hearing = hear;
    },
    close() {
      hearing = null;
    },
    hear(heard) {
      const first = answers.get(heard.key);
      if (first !== undefined) return first;
      if (hearing === null) return null;
      const answer = hearing(heard);
      answers.set(heard.key, answer);
      answer.catch(() => answers.delete(heard.key));
      const oldest = answers.keys().next();
      if (answers.size > ANSWERS_KEPT_MAX && oldest.done === false) answers.delete(oldest.value);
      return answer;
    },
  };
}
