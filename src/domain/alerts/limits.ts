import { MINUTE_MS } from '../../kit/duration.ts';

/** Alerts remembered for each group: two hundred instances of one fault make it no clearer, and the state is stored with every event. */
export const ALERTS_PER_GROUP_MAX = 200;
/** Text of an alert before it is shortened; room for what redaction adds. */
export const RAW_CHARS_MAX = 8_192;
export const LABELS_MAX = 64;
export const LABEL_NAME_CHARS_MAX = 128;
export const LABEL_VALUE_CHARS_MAX = 1_024;
/** An incident that was asked for and has not come by now will not come: the group is freed, so that the next alert asks again. */
export const DECLARE_WAIT_MS = 10 * MINUTE_MS;
/**
 * An incident was ended by hand while its alert went on firing. A repeat this much later is no late delivery: it is still broken, and
 * somebody has to know.
 */
export const STILL_FIRING_MS = 30 * MINUTE_MS;
