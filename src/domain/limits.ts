/** One line on a phone, and well inside Slack's 150-character header (docs.slack.dev, header block). */
export const TITLE_CHARS_MAX = 140;
/** A note or reason: a paragraph or two; Slack's section text ends at 3,000 characters. */
export const TEXT_CHARS_MAX = 2_000;
/** A handover briefing: half a screen. */
export const BRIEFING_CHARS_MAX = 1_500;
/** Names made by Allclear or by the configuration. */
export const NAME_CHARS_MAX = 120;
/** URLs; the de-facto browser limit. */
export const URL_CHARS_MAX = 2_048;
/**
 * Room for what redaction adds: `password=x` becomes `password=[redacted: password]`. People are measured against the
 * limits above, before; a declaration must not fail because a secret was taken out of it.
 */
export const REDACTION_CHARS_MAX = 200;
