import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kit/duration.ts';

/** A runbook is read by a tired person; far above any that was ever followed to its end. */
export const RUNBOOK_CHARS_MAX = 64 * 1024;
/** One fenced block or the front matter: a screen of settings, not a program. */
export const BLOCK_CHARS_MAX = 8 * 1024;
/** The deepest block (`checkpoints` → entry → `options` → entry) needs five levels; the composer of `yaml` recurses and must not be led deep. */
export const NESTING_MAX = 12;
/** Every step is in the event `run.started`; more than this is two runbooks. */
export const STEPS_MAX = 50;
export const CHECKPOINTS_MAX = 10;
/** Discord draws five buttons in a row (Discord API docs, message components). */
export const OPTIONS_MAX = 5;
/** What a button label may have on Slack (75) and Discord (80), less room for a mark. */
export const LABEL_CHARS_MAX = 70;
/** Ids are typed by people and become parts of buttons. */
export const SLUG_CHARS_MAX = 60;
/** A file with more mistakes than this is not a runbook yet. */
export const PROBLEMS_MAX = 50;
export const HEADERS_MAX = 20;
export const HEADER_CHARS_MAX = 1_000;
export const RETRIES_MAX = 10;
export const APPROVALS_MAX = 5;
/** The clock of a run that recovers something within a working day. */
export const CLOCK_MS_MAX = 12 * HOUR_MS;
/** A shorter budget would be over before the room has read the step. */
export const BUDGET_MS_MIN = 10 * SECOND_MS;
export const EVERY_MS_MIN = SECOND_MS;
/** Nobody watches a step that waits longer; make it two steps. */
export const WAIT_MS_MAX = 2 * HOUR_MS;
/** A switch that an incident needs for longer than a week is a change, not a stopgap. */
export const SWITCH_MS_MAX = 7 * 24 * HOUR_MS;
/** An attempt at any delivery is cut off after ten seconds; a request must end before that to be told apart. */
export const REQUEST_MS_MAX = 8 * SECOND_MS;
export const REQUEST_MS = 5 * SECOND_MS;
export const WAIT_MS = 2 * MINUTE_MS;
export const EVERY_MS = 5 * SECOND_MS;
/** What is kept of an answer or an error: enough to see what it was. */
export const DETAIL_CHARS_MAX = 500;
/**
 * How long after a role step began it is looked whether somebody has the role by now. An assignment does not know of
 * the run, so the run asks; later than this a person says that it is done.
 */
export const ROLE_LOOKS_MS = [5, 15, 30, 60, 120, 300].map((seconds) => seconds * SECOND_MS);
/** Steps that wait for an answer from elsewhere and name no budget are asked about after this. */
export const SILENCE_MS = 2 * MINUTE_MS;
/** A clock may be set back a little between claiming a timer and deciding on it; a question that came this early counts as due. */
export const TIMER_EARLY_MS = SECOND_MS;
