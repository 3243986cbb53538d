/**
 * Slack's limits, each with the page that gives it. Two are ours and lower than Slack's, because Slack refuses messages as
 * `msg_blocks_too_long` before its published limits are reached (measured by others at about 13,200 characters: bolt-js issue 2509).
 */

/** docs.slack.dev/reference/block-kit/blocks: 50 in a message; five are left for what Slack adds. */
export const MESSAGE_BLOCKS_MAX = 45;
/** Ours: all text of a message. */
export const MESSAGE_CHARS_MAX = 11_000;
/** Ours: text of one block; a section ends at 3,000 (blocks/section-block). */
export const BLOCK_CHARS_MAX = 2_800;
/** blocks/header-block. */
export const HEADER_CHARS_MAX = 150;
/** blocks/actions-block allows 25 elements; five fit beside each other on a screen. */
export const BUTTONS_IN_ROW_MAX = 5;
/** block-elements/button-element: label and value. */
export const BUTTON_LABEL_CHARS_MAX = 75;
export const BUTTON_VALUE_CHARS_MAX = 2_000;
/** block-elements/rich-text: links have no published limit; this is the one of a button's address. */
export const URL_CHARS_MAX = 3_000;
/** reference/methods/chat.postMessage: `text` is best below 4,000 characters; here it is only what a notification shows. */
export const NOTIFICATION_CHARS_MAX = 1_000;

/** reference/views: title, submit and close. */
export const MODAL_TITLE_CHARS_MAX = 24;
export const MODAL_BLOCKS_MAX = 100;
/** blocks/input-block: label and hint. */
export const FIELD_LABEL_CHARS_MAX = 2_000;
/** block-elements/plain-text-input-element: `max_length` and so `initial_value`. */
export const FIELD_CHARS_MAX = 3_000;
/** block-elements/select-menu-element: options; composition-objects/option-object: text and value. */
export const OPTIONS_MAX = 100;
export const OPTION_LABEL_CHARS_MAX = 75;
export const OPTION_VALUE_CHARS_MAX = 150;

/** reference/methods/conversations.create and conversations.setTopic. */
export const CHANNEL_NAME_CHARS_MAX = 80;
export const TOPIC_CHARS_MAX = 250;
/** Ours: bookmarks have no published limit of their titles; this is what the bar above a channel shows. */
export const BOOKMARK_TITLE_CHARS_MAX = 60;
/** interactivity/handling-user-interaction: a `response_url` may be used five times within 30 minutes. */
export const RESPONSES_MAX = 5;
/** Ours: Slack answers within a second or is ill; the SDK would wait for ever (`timeout` is 0 there). */
export const TIMEOUT_MS = 10_000;
