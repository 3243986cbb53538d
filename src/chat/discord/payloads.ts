import { z } from 'zod';

/** What is read of Discord's payloads; all else is ignored, and what has not this shape is no delivery. */
const text = (charsMax: number) => z.string().max(charsMax);
/** Snowflakes: 64 bits in decimal digits. */
const id = z.string().regex(/^\d{1,20}$/);
const NAME_CHARS_MAX = 255;
/** A follow-up address ends with it; it has no published length. */
const TOKEN_CHARS_MAX = 1_024;
/** Messages of those who pay for it end at 4,000. */
const MESSAGE_CHARS_MAX = 4_000;
const VALUE_CHARS_MAX = 6_000;

const User = z.object({ id, username: text(NAME_CHARS_MAX), global_name: text(NAME_CHARS_MAX).nullish(), bot: z.boolean().optional() });
const Attachment = z.object({ filename: text(1_024) });

/** resources/message#message-object */
export const Message = z.object({
  id,
  content: text(MESSAGE_CHARS_MAX).prefault(''),
  timestamp: text(64),
  author: User,
  attachments: z.array(Attachment).prefault([]),
  reactions: z.array(z.object({ emoji: z.object({ name: z.string().nullish() }) })).prefault([]),
});
export type Message = z.infer<typeof Message>;

/** interactions/receiving-and-responding#interaction-object: type 1 asks whether we live, which the gateway never does. */
export const Interaction = z.object({
  id,
  type: z.int(),
  token: text(TOKEN_CHARS_MAX),
  guild_id: id.nullish(),
  channel_id: id.nullish(),
  member: z.object({ user: User }).nullish(),
  user: User.nullish(),
  data: z.unknown(),
});
export type Interaction = z.infer<typeof Interaction>;

const Value = z.union([text(VALUE_CHARS_MAX), z.number(), z.boolean()]);
const Leaf = z.object({ name: text(NAME_CHARS_MAX), type: z.int(), value: Value.optional(), focused: z.boolean().optional() });
const Middle = Leaf.extend({ options: z.array(Leaf).prefault([]) });
/** interactions/receiving-and-responding#interaction-object-application-command-data-structure */
export const CommandData = z.object({
  name: text(NAME_CHARS_MAX),
  type: z.int().prefault(1),
  target_id: id.optional(),
  resolved: z.object({ messages: z.record(id, Message).optional() }).optional(),
  options: z.array(Leaf.extend({ options: z.array(Middle).prefault([]) })).prefault([]),
});
export type CommandData = z.infer<typeof CommandData>;
export type CommandOption = z.infer<typeof Leaf>;

export const ComponentData = z.object({ custom_id: text(NAME_CHARS_MAX) });

/** interactions/receiving-and-responding#interaction-object-modal-submit-data-structure */
export const ModalData = z.object({
  custom_id: text(NAME_CHARS_MAX),
  components: z.array(
    z.object({
      component: z.object({
        type: z.int(),
        custom_id: text(NAME_CHARS_MAX),
        value: text(VALUE_CHARS_MAX).optional(),
        values: z.array(text(VALUE_CHARS_MAX)).optional(),
      }),
    }),
  ),
});

/** events/gateway-events#message-reaction-add and -remove */
export const Reaction = z.object({
  user_id: id,
  channel_id: id,
  message_id: id,
  guild_id: id.optional(),
  emoji: z.object({ name: z.string().nullish() }),
});

/** events/gateway-events#message-update, -delete and -delete-bulk */
export const Edit = z.object({
  channel_id: id,
  id: id.optional(),
  ids: z.array(id).max(100).optional(),
  content: text(MESSAGE_CHARS_MAX).optional(),
  author: User.optional(),
  attachments: z.array(Attachment).prefault([]),
});
