/** A Discord server as far as incidents touch it: channels, messages and who may be notified. Nothing of it is shared with the product. */
type Json = Record<string, unknown>;
export interface FakeMessage {
  readonly id: string;
  readonly channel_id: string;
  readonly type: number;
  content: string;
  components: readonly Json[];
  readonly author: Json;
  readonly timestamp: string;
  readonly nonce: string | null;
  pinned: boolean;
  flags: number;
  /** What its author's request would notify, before and after every edit. */
  notified: readonly string[];
  readonly attachments: readonly Json[];
  readonly reactions: Map<string, Set<string>>;
}
export interface FakeChannel {
  readonly id: string;
  readonly type: number;
  readonly name: string;
  topic: string | null;
  readonly parent_id: string | null;
  readonly owner_id: string | null;
  readonly recipient: string | null;
  readonly overwrites: Map<string, Json>;
  readonly members: Set<string>;
  archived: boolean;
  messages: FakeMessage[];
}
export interface FakeUser {
  readonly id: string;
  readonly username: string;
  readonly bot?: boolean;
  roles: readonly string[];
}

const EPOCH_MS = 1_420_070_400_000n;
let count = 0n;

/** An id that says when it was made (reference#snowflakes). */
export function snowflake(atMs = Date.now()): string {
  count = (count + 1n) % 4_096n;
  return String(((BigInt(atMs) - EPOCH_MS) << 22n) + count);
}

export interface FakeRole {
  readonly id: string;
  readonly name: string;
  permissions: string;
  readonly position: number;
}

export interface ServerState {
  readonly guild: string;
  readonly bot: FakeUser;
  readonly users: ReadonlyMap<string, FakeUser>;
  readonly channels: Map<string, FakeChannel>;
  readonly roles: readonly FakeRole[];
  commands: readonly Json[];
}

export function newChannel(given: Partial<FakeChannel> & Pick<FakeChannel, 'type' | 'name'>): FakeChannel {
  return {
    id: snowflake(),
    topic: null,
    parent_id: null,
    owner_id: null,
    recipient: null,
    overwrites: new Map(),
    members: new Set(),
    archived: false,
    messages: [],
    ...given,
  };
}

export function addMessage(channel: FakeChannel, author: FakeUser, body: Json): FakeMessage {
  const at = Date.now();
  const message: FakeMessage = {
    id: snowflake(at),
    channel_id: channel.id,
    type: 0,
    content: String(body['content'] ?? ''),
    components: (body['components'] ?? []) as readonly Json[],
    author: { id: author.id, username: author.username, bot: author.bot === true },
    timestamp: new Date(at).toISOString(),
    nonce: typeof body['nonce'] === 'string' ? body['nonce'] : null,
    pinned: false,
    flags: Number(body['flags'] ?? 0),
    notified: notifiedBy(body),
    attachments: [],
    reactions: new Map(),
  };
  channel.messages.push(message);
  return message;
}

/** As Discord answers it: the number it was made with comes back only to who made it. */
export function shownMessage({ reactions, notified: _ours, nonce: _theirs, ...message }: FakeMessage): Json {
  const counted = [...reactions]
    .filter(([, users]) => users.size > 0)
    .map(([name, users]) => ({ emoji: { id: null, name }, count: users.size }));
  return { ...message, ...(counted.length === 0 ? {} : { reactions: counted }) };
}

export function shownChannel({ messages: _all, overwrites, members: _those, recipient, ...channel }: FakeChannel, guild: string): Json {
  return { ...channel, ...(recipient === null ? { guild_id: guild } : {}), permission_overwrites: [...overwrites.values()] };
}

/** Whom a text notifies when nothing forbids it: Discord looks for these whatever stands before them. */
const USERS = /<@!?(\d+)>/g;
const ROLES = /<@&(\d+)>/g;

/** resources/message#allowed-mentions-object: without it everything in the text counts. */
export function notifiedBy({ content, allowed_mentions: allowed }: Json): readonly string[] {
  const text = String(content ?? '');
  const { parse = ['users', 'roles', 'everyone'], users = [] } = (allowed ?? {}) as {
    parse?: readonly string[];
    users?: readonly string[];
  };
  const named = [...text.matchAll(USERS)].map(([, id = '']) => id);
  return [
    ...named.filter((id) => parse.includes('users') || users.includes(id)),
    ...(parse.includes('roles') ? [...text.matchAll(ROLES)].map(([, id = '']) => `role ${id}`) : []),
    ...(parse.includes('everyone') ? [...text.matchAll(/@(everyone|here)/g)].map(([, word = '']) => word) : []),
  ];
}
