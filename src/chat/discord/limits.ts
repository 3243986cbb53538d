/** Discord's limits, each with the page of https://docs.discord.com/developers that gives it. */

/** resources/message#create-message: `content`. What is longer becomes further messages. */
export const MESSAGE_CHARS_MAX = 2_000;
/** components/reference#action-row: rows of a message, buttons of a row. */
export const ROWS_MAX = 5;
export const BUTTONS_IN_ROW_MAX = 5;
/** components/reference#button-structure. */
export const BUTTON_LABEL_CHARS_MAX = 80;
/** components/reference#anatomy-of-a-component: of a button, a field or a form. */
export const CUSTOM_ID_CHARS_MAX = 100;
/** resources/message#create-message: a nonce may be an integer or a string of this length. */
export const NONCE_CHARS_MAX = 25;
/** resources/message#allowed-mentions-object: users that one message may notify. */
export const MENTIONED_USERS_MAX = 100;
/** resources/message#get-channel-messages: messages in one answer. */
export const MESSAGES_IN_PAGE_MAX = 100;

/** interactions/receiving-and-responding#interaction-response-object-modal: title, and fields of a form. */
export const MODAL_TITLE_CHARS_MAX = 45;
export const MODAL_FIELDS_MAX = 5;
/** components/reference#label. */
export const FIELD_LABEL_CHARS_MAX = 45;
export const FIELD_HELP_CHARS_MAX = 100;
/** components/reference#text-input: `max_length`, and so `value`. */
export const FIELD_CHARS_MAX = 4_000;
/** components/reference#string-select: options, and the label and value of one. */
export const OPTIONS_MAX = 25;
export const OPTION_CHARS_MAX = 100;

/** interactions/application-commands#application-command-object: description of a command or option. */
export const DESCRIPTION_CHARS_MAX = 100;
/** Subcommands of a command, choices of an option, and choices that autocomplete may offer. */
export const SUBCOMMANDS_MAX = 25;
export const CHOICES_MAX = 25;
export const CHOICE_CHARS_MAX = 100;
/** `max_length` of an option. */
export const OPTION_TEXT_CHARS_MAX = 6_000;

/** resources/channel#channel-object: name and topic. */
export const CHANNEL_NAME_CHARS_MAX = 100;
export const TOPIC_CHARS_MAX = 1_024;
/** A category takes 50 channels; Discord counts them better than anybody else, so its refusal is what leads to the next category. */
export const CATEGORIES_MAX = 10;
/** interactions/receiving-and-responding: the first answer is due after three seconds; the rest is the network's. */
export const ANSWER_MS_MAX = 1_500;
/** Ours: Discord answers within a second or is ill. */
export const TIMEOUT_MS = 10_000;
