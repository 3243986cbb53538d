import { MINUTE_MS } from '../../kit/duration.ts';

/** Alerts remembered for each group: two hundred instances of one fault make it no clearer, and the state is stored with every event. */
export const ALERTS_PER_GROUP_MAX = 200;
/** Any text of an alert as it comes in. Generous, since redaction may have made it longer: an alert is shortened, never refused for length. */
export const RAW_CHARS_MAX = 16_384;
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
