import { z } from 'zod';

/** What is read of Slack's payloads; all else is ignored, and what has not this shape is no delivery. */
const text = (charsMax: number) => z.string().max(charsMax);
const ID_CHARS_MAX = 255;
/** A message ends at 40,000 characters (chat.postMessage). */
const MESSAGE_CHARS_MAX = 40_000;
const URL_CHARS_MAX = 2_000;
const SLACK_TEXT_CHARS_MAX = 10_000;
const id = text(ID_CHARS_MAX);

const User = z.object({ id, name: id.optional(), username: id.optional(), team_id: id.nullish() });
const Channel = z.object({ id }).nullish();
/** A file as messages carry it (https://docs.slack.dev/reference/objects/file-object). */
const FileShape = z.object({
  name: text(URL_CHARS_MAX).nullish(),
  title: text(URL_CHARS_MAX).nullish(),
  permalink: text(URL_CHARS_MAX).nullish(),
});
const FILES_MAX = 50;
export const Files = z.array(FileShape).max(FILES_MAX).optional().catch(undefined);
/** https://docs.slack.dev/interactivity/implementing-slash-commands */
export const SlashCommand = z.object({
  user_id: id,
  user_name: id.prefault(''),
  team_id: id.optional(),
  channel_id: id,
  text: text(SLACK_TEXT_CHARS_MAX).prefault(''),
  trigger_id: id,
  response_url: text(URL_CHARS_MAX),
});
/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export const BlockActions = z.object({
  user: User,
  channel: Channel,
  trigger_id: id,
  response_url: text(URL_CHARS_MAX).nullish(),
  actions: z.array(z.object({ value: text(SLACK_TEXT_CHARS_MAX).optional() })).min(1),
  view: z.object({ type: id }).nullish(),
});
/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export const ViewSubmission = z.object({
  user: User,
  view: z.object({
    id,
    hash: id,
    private_metadata: text(SLACK_TEXT_CHARS_MAX),
    state: z.object({
      values: z.record(
        id,
        z.record(
          id,
          z.object({
            value: text(SLACK_TEXT_CHARS_MAX).nullish(),
            selected_option: z.object({ value: id }).nullish(),
            selected_user: id.nullish(),
          }),
        ),
      ),
    }),
  }),
});
/** https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
export const MessageShortcut = z.object({
  callback_id: id,
  user: User,
  channel: z.object({ id }),
  trigger_id: id,
  response_url: text(URL_CHARS_MAX),
  message: z.object({ ts: id, text: text(MESSAGE_CHARS_MAX).prefault(''), user: id.optional(), files: Files }),
});
/** https://docs.slack.dev/reference/events/message/message_changed and message_deleted; other messages are nobody's business. */
export const MessageEdit = z.object({
  event_id: id,
  event: z.discriminatedUnion('subtype', [
    z.object({
      subtype: z.literal('message_changed'),
      channel: id,
      message: z.object({ ts: id, text: text(MESSAGE_CHARS_MAX).prefault(''), bot_id: id.nullish(), files: Files }),
    }),
    z.object({ subtype: z.literal('message_deleted'), channel: id, deleted_ts: id }),
  ]),
});
/** https://docs.slack.dev/reference/events/app_home_opened */
export const HomeOpened = z.object({ event_id: id, event: z.object({ user: id, tab: z.literal('home') }) });
/** https://docs.slack.dev/reference/events/reaction_added */
export const Reaction = z.object({
  event_id: id,
  event: z.object({
    type: z.enum(['reaction_added', 'reaction_removed']),
    user: id,
    reaction: id,
    item: z.object({ type: z.literal('message'), channel: id, ts: id }),
  }),
});
