import type { ChatPromise } from '../../engine/ports.ts';
import { readableText } from '../../kit/escape.ts';
import { shorten } from '../../kit/shorten.ts';
import type { Called } from './api.ts';
import { TOPIC_CHARS_MAX } from './limits.ts';
import { kept, type MessagePorts } from './messages.ts';
import type { Failure } from './outcome.ts';
import { bridgeOf, type PlacePorts, placeOf } from './places.ts';

type Keep = Extract<ChatPromise, { kind: 'keep' }>;
/** What a room lacks because Discord refused it for good. */
interface Lack {
  readonly what: string;
  readonly detail: string;
}
/** What was done last, and what Discord said to it when it refused. */
interface Done {
  readonly value: string;
  readonly refused: string | null;
}

interface Wanted {
  readonly what: string;
  readonly value: string;
  readonly work: () => Promise<Called>;
}

/** Pin, voice bridge and topic of a room, each only when it changed. Where Discord forbids one for good, the card stands all the same. */
export async function decorate(ports: MessagePorts & PlacePorts, promise: Keep): Promise<Failure | readonly Lack[]> {
  const { incident, room } = promise;
  const { api } = ports;
  const [card] = await kept(ports, `card/${incident}`);
  const lacks: Lack[] = [];
  const pin = { what: 'its pin', value: card?.id ?? '', work: () => api.call('PUT', `/channels/${room}/messages/pins/${card?.id ?? ''}`) };
  const unpinned = await once(ports, incident, pin, lacks);
  // Threads have neither topic nor a voice channel beside them.
  if (unpinned !== null || (await placeOf(ports, incident))?.isThread === true) return unpinned ?? lacks;
  const bridge = await bridgeOf(ports, incident);
  if (typeof bridge === 'object' && bridge !== null && bridge.outcome !== 'dead') return bridge;
  if (typeof bridge === 'object' && bridge !== null) lacks.push({ what: 'its voice bridge', detail: bridge.detail });
  const topic = topicText(promise, typeof bridge === 'string' ? bridge : null);
  const work = (): Promise<Called> => api.call('PATCH', `/channels/${room}`, { body: { topic } });
  return (await once(ports, incident, { what: 'its topic', value: topic, work }, lacks)) ?? lacks;
}

/** Does it when it changed, and adds to what the room lacks when Discord refused it now or the last time. */
async function once({ notes }: MessagePorts, incident: number, { what, value, work }: Wanted, lacks: Lack[]): Promise<Failure | null> {
  const note = `decorated/${incident}/${what}`;
  const before = JSON.parse((await notes.get(note)) ?? 'null') as Done | null;
  let refused = before?.refused ?? null;
  if (value !== '' && before?.value !== value) {
    const called = await work();
    if (!called.ok && called.failure.outcome !== 'dead') return called.failure;
    refused = called.ok ? null : called.failure.detail;
    await notes.put(note, JSON.stringify({ value, refused } satisfies Done));
  }
  if (refused !== null) lacks.push({ what, detail: refused });
  return null;
}

/** The line of the incident, the way to its voice channel, and as many links as there is room for: Discord has no other place for them. */
function topicText({ topic, links = [] }: Keep, bridge: string | null): string {
  const line = readableText(topic).replaceAll('\n', ' ');
  const more = [...(bridge === null ? [] : [`🔊 <#${bridge}>`]), ...links.map(({ label, url }) => `${label}: ${url}`)];
  let words = shorten(line, TOPIC_CHARS_MAX);
  for (const one of more) if (words.length + one.length + JOINT.length <= TOPIC_CHARS_MAX) words += JOINT + one;
  return words;
}
const JOINT = ' · ';
