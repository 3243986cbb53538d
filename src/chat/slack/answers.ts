import type { Form, Reply } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { HOUR_MS } from '../../kit/duration.ts';
import type { HttpClient } from '../../kit/http.ts';
import { openToken, signToken } from '../../kit/signing.ts';
import type { Document } from '../../readings/document.ts';
import { saying } from '../saying.ts';
import { firstBlocks, type SlackMessage } from './block-kit.ts';
import { peopleIn } from './directory.ts';
import { RESPONSES_MAX } from './limits.ts';
import { draw, type MessagePorts } from './messages.ts';
import { modal } from './modal.ts';
import { directChannel } from './rooms.ts';
import { SENTENCES } from './sentences.ts';

export interface AnswerPorts extends MessagePorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Origin of the Web API: answers go there or to hooks.slack.com and nowhere else. */
  readonly apiOrigin: string;
  readonly formKey: Uint8Array;
}
/** Where the asker waits. */
export interface Asker {
  readonly user: string;
  readonly channel: string | null;
  readonly responseUrl: string | null;
  /** Opens one modal, within three seconds. */
  readonly trigger: string | null;
}
/** What a form remembers of where it came from. */
export interface FormClaims {
  readonly command: string;
  readonly user: string;
  readonly channel: string;
  readonly responseUrl: string;
}

/** How long a form may stay open before it is sent. */
const FORM_MS_MAX = 24 * HOUR_MS;
/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const RESPONSE_ORIGIN = 'https://hooks.slack.com';

/** Answers the asker: with a modal where something is missing, else in words, only to them where the answer is quiet. */
export async function answer(ports: AnswerPorts, asker: Asker, reply: Reply): Promise<void> {
  if (reply.form !== undefined && asker.trigger !== null) {
    const view = await formView(ports, asker, reply.form, reply.fields === undefined ? null : reply.document);
    const called = await ports.api.call('views.open', { trigger_id: asker.trigger, view });
    if (called.ok) return;
    await tell(ports, asker, { ...reply, document: { blocks: [...reply.document.blocks, ...saying(SENTENCES.tooLate).blocks] } });
    return;
  }
  await tell(ports, asker, reply);
}

/** The form of a reply as a modal; `above` stands over the fields. */
export async function formView(ports: AnswerPorts, asker: Asker, form: Form, above: Document | null) {
  const named = form.fields.flatMap(({ widget, value }) => (widget === 'person' ? [value.replace(/^@/, '')] : []));
  await ports.directory.learn([...named, ...(above === null ? [] : peopleIn(above))]);
  const blocks = above === null ? [] : firstBlocks(above, { people: ports.directory, buttonKey: ports.buttonKey });
  const { user, channel, responseUrl } = asker;
  const claims = { command: form.command, user, channel: channel ?? '', responseUrl: responseUrl ?? '' };
  return modal(
    form,
    blocks.filter(({ type }) => type !== 'actions'),
    signToken(ports.formKey, claims, ports.clock.now() + FORM_MS_MAX),
    ports.directory,
  );
}

/** What a form said about itself, or null when it is not ours, too old, or sent by somebody else. */
export function openForm({ formKey, clock }: AnswerPorts, metadata: string, user: string): FormClaims | null {
  const claims = openToken(formKey, metadata, clock.now());
  if (typeof claims === 'string' || claims['user'] !== user) return null;
  const { command = '', channel = '', responseUrl = '' } = claims;
  return { command, user, channel, responseUrl };
}

/** In words, over whichever way is open: the address Slack gave, the channel, a direct message. */
export async function tell(ports: AnswerPorts, asker: Asker, reply: Reply): Promise<void> {
  const messages = await draw(ports, reply.document);
  const rest = await respond(ports, asker.responseUrl, messages, reply.quiet);
  for (const message of rest) if (!(await whisper(ports, asker, message))) await tellDirectly(ports, asker, message);
}

/** Answers what could not be told this way. */
async function respond(
  ports: AnswerPorts,
  url: string | null,
  messages: readonly SlackMessage[],
  quiet: boolean,
): Promise<readonly SlackMessage[]> {
  if (url === null || !isSlack(url, ports.apiOrigin)) return messages;
  for (const [index, message] of messages.entries()) {
    if (index === RESPONSES_MAX) return messages.slice(index);
    const body = JSON.stringify({ response_type: quiet ? 'ephemeral' : 'in_channel', replace_original: false, ...message });
    const answered = await ports.http.request({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body });
    if (!answered.ok || answered.status !== 200) return messages.slice(index);
  }
  return [];
}

function isSlack(url: string, apiOrigin: string): boolean {
  const origin = URL.parse(url)?.origin;
  return origin === RESPONSE_ORIGIN || origin === apiOrigin;
}

async function whisper({ api }: AnswerPorts, { user, channel }: Asker, message: SlackMessage): Promise<boolean> {
  if (channel === null || channel === '') return false;
  return (await api.call('chat.postEphemeral', { channel, user, ...message })).ok;
}

async function tellDirectly(ports: AnswerPorts, { user }: Asker, message: SlackMessage): Promise<void> {
  const channel = await directChannel(ports, user);
  // Nobody can be told: what was asked is done or refused all the same, and the room shows it.
  if (typeof channel === 'string') await ports.api.call('chat.postMessage', { channel, ...message });
}
