import type { Attempt, ChatPromise } from '../../engine/ports.ts';
import { readableText } from '../../kit/escape.ts';
import { shorten } from '../../kit/shorten.ts';
import { escapeMarks } from './block-kit.ts';
import { BOOKMARK_TITLE_CHARS_MAX, TOPIC_CHARS_MAX } from './limits.ts';
import type { MessagePorts } from './messages.ts';
import type { Failure } from './outcome.ts';

type Keep = Extract<ChatPromise, { kind: 'keep' }>;
type Link = NonNullable<Keep['links']>[number];
/** What a room lacks because Slack refused it for good. */
export interface Lack {
  readonly what: string;
  readonly detail: string;
}
/** What was done last, and what Slack said to it when it refused. */
interface Done {
  readonly value: string;
  readonly refused: string | null;
}

/** Pin, topic and bookmarks of a room, each only when it changed. Where Slack forbids one for good, the card stands all the same. */
export async function decorate(ports: MessagePorts, promise: Keep, attempt: Attempt): Promise<Failure | readonly Lack[]> {
  const { incident, room: channel, topic, links = [] } = promise;
  const [card = ''] = JSON.parse((await ports.notes.get(`card/${incident}`)) ?? '[]') as readonly string[];
  const { api } = ports;
  const pin = async (): Promise<Failure | null> => failureOf(await api.call('pins.add', { channel, timestamp: card }), 'already_pinned');
  const setTopic = async (): Promise<Failure | null> =>
    failureOf(await api.call('conversations.setTopic', { channel, topic: topicText(topic) }));
  const wanted = [
    { what: 'its pin', value: card, work: pin },
    { what: 'its topic', value: topic, work: setTopic },
    { what: 'its bookmarks', value: JSON.stringify(links), work: () => keepBookmarks(ports, promise, attempt) },
  ];
  const lacks: Lack[] = [];
  for (const { what, value, work } of wanted) {
    const note = `decorated/${incident}/${what}`;
    const before = JSON.parse((await ports.notes.get(note)) ?? 'null') as Done | null;
    let refused = before?.refused ?? null;
    if (before?.value !== value) {
      const failure = await work();
      if (failure !== null && failure.outcome !== 'dead') return failure;
      refused = failure?.detail ?? null;
      await ports.notes.put(note, JSON.stringify({ value, refused } satisfies Done));
    }
    if (refused !== null) lacks.push({ what, detail: refused });
  }
  return lacks;
}

function failureOf(called: Awaited<ReturnType<MessagePorts['api']['call']>>, harmless = ''): Failure | null {
  return called.ok || called.error === harmless ? null : called.failure;
}

/** A topic within the limit, also after its marks were escaped. */
function topicText(topic: string): string {
  let words = shorten(readableText(topic).replaceAll('\n', ' '), TOPIC_CHARS_MAX);
  while (escapeMarks(words).length > TOPIC_CHARS_MAX) words = shorten(words, words.length - 1);
  return escapeMarks(words);
}

interface Bookmark {
  readonly id: string;
  readonly title: string;
  readonly link: string;
}

/** One bookmark a label. The note remembers Slack's ids; after an attempt nobody knows the end of, Slack is asked. */
async function keepBookmarks({ api, notes }: MessagePorts, promise: Keep, attempt: Attempt): Promise<Failure | null> {
  const { incident, room: channel, links = [] } = promise;
  const note = `bookmarks/${incident}`;
  let known = JSON.parse((await notes.get(note)) ?? '[]') as readonly Bookmark[];
  if (attempt.number > 1) {
    const listed = await api.call('bookmarks.list', { channel_id: channel });
    if (listed.ok) known = (listed.result['bookmarks'] ?? []) as readonly Bookmark[];
  }
  for (const link of links) {
    const kept = await keepBookmark(api, channel, link, known);
    if ('outcome' in kept) return kept;
    known = [...known.filter(({ id }) => id !== kept.id), kept];
    await notes.put(note, JSON.stringify(known));
  }
  return null;
}

async function keepBookmark(
  api: MessagePorts['api'],
  channel: string,
  { label, url: link }: Link,
  known: readonly Bookmark[],
): Promise<Bookmark | Failure> {
  const title = shorten(readableText(label), BOOKMARK_TITLE_CHARS_MAX);
  const before = known.find((one) => one.title === title);
  if (before?.link === link) return before;
  const place = { channel_id: channel, title, link };
  const called =
    before === undefined
      ? await api.call('bookmarks.add', { ...place, type: 'link' })
      : await api.call('bookmarks.edit', { ...place, bookmark_id: before.id });
  if (!called.ok) return called.failure;
  return { id: before?.id ?? (called.result['bookmark'] as Bookmark).id, title, link };
}
