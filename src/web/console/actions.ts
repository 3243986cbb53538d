import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TEXT_CHARS_MAX } from '../../domain/limits.ts';
import type { Heard, Reply } from '../../engine/ports.ts';
import { shorten } from '../../kit/shorten.ts';
import { wordsOf } from './draw.ts';
import { FIELD_PREFIX, replyModel } from './form-model.ts';
import type { Objection } from './guard.ts';
import type { ConsoleOptions } from './options.ts';
import type { Replies } from './replies.ts';
import { nameOf } from './viewer.ts';
import { isObjection, object, type Post, postOf, tokensFor, type VisitPorts } from './visit.ts';

export interface ActionPorts extends VisitPorts, Pick<ConsoleOptions, 'chat'> {
  readonly replies: Replies;
}
/** What an action came to: an answer, or null where the room itself shows it. */
type Done = Reply | null | Objection;

const COMMAND = /^\/(?!\/)/;
const NOT_READY: Objection = { status: 503, title: 'Starting', sentence: 'Allclear is starting or stopping. Try again in a moment.' };

/** Everything people do on the console, by typing or clicking. Each is a delivery to the same `hear` as on any chat platform. */
export function actionRoutes(app: FastifyInstance, ports: ActionPorts): void {
  const route = (path: string, run: (post: Post, request: FastifyRequest) => Promise<Done>): void => {
    app.post(path, async (request, reply) => {
      const post = await postOf(request, ports);
      if (isObjection(post)) return object(request, reply, post, ports.templates);
      const done = await run(post, request);
      if (done !== null && 'sentence' in done) return object(request, reply, done, ports.templates);
      return answer(ports, post, done, reply);
    });
  };
  route('/act', (post) => hearWords(ports, post, post.body['words'] ?? ''));
  route('/form', (post) => hearForm(ports, post));
  route('/say', (post) => say(ports, post));
  route('/pin', (post) => pin(ports, post));
}

async function hear(ports: ActionPorts, { key, incident, viewer }: Post, said: Heard['said']): Promise<Done> {
  const { id, name } = viewer.person;
  return (await ports.chat.hear({ key, incident, person: id, userName: name, said })) ?? NOT_READY;
}

function hearWords(ports: ActionPorts, post: Post, words: string): Promise<Done> {
  return hear(ports, post, { kind: 'words', words: words.trim().replace(COMMAND, (slash) => (/^\/inc/i.test(words.trim()) ? slash : '')) });
}

function hearForm(ports: ActionPorts, post: Post): Promise<Done> {
  const fields = Object.entries(post.body).filter(([name]) => name.startsWith(FIELD_PREFIX));
  const values = Object.fromEntries(fields.map(([name, value]) => [name.slice(FIELD_PREFIX.length), value]));
  return hear(ports, post, { kind: 'form', command: post.body['command'] ?? '', values });
}

/** The line at the bottom of a room: `/ack` is a command, anything else is said to everybody. */
async function say(ports: ActionPorts, post: Post): Promise<Done> {
  const text = (post.body['words'] ?? '').trim();
  if (text === '') return null;
  if (COMMAND.test(text)) return hearWords(ports, post, text);
  if (post.incident === null)
    return { status: 400, title: 'Where?', sentence: 'Words without a command are said in a room. Open one first.' };
  // `//` says something that begins with a slash.
  const words = text.replace(/^\/\//, '/');
  await ports.chat.post({ key: post.key, incident: post.incident, person: post.viewer.person.id, text: words });
  return null;
}

async function pin(ports: ActionPorts, post: Post): Promise<Done> {
  const { body, incident, viewer } = post;
  const pinned = body['pin'] !== undefined;
  const message = incident === null ? null : await ports.chat.message(incident, body['pin'] ?? body['unpin'] ?? '');
  if (message === null)
    return { status: 404, title: 'No such message', sentence: 'That message is not in this room. Load the page again.' };
  const author = message.author === 'allclear' ? 'Allclear' : nameOf(viewer, message.author);
  const text = shorten(wordsOf(message.document, viewer) || '(without words)', TEXT_CHARS_MAX);
  const url = `${ports.baseUrl()}/incidents/${incident}#${encodeURIComponent(message.id)}`;
  return hear(ports, post, { kind: 'pin', pinned, message: message.id, text, author, at: message.at, url });
}

function answer(ports: ActionPorts, post: Post, reply: Reply | null, response: FastifyReply): FastifyReply {
  const goTo = whereTo(post, reply);
  if (!post.wantsJson) return redirect(ports, post, reply, goTo, response);
  const tokens = tokensFor(ports, post, post.incident, post.back);
  const follow = post.body['follow'] ?? '';
  const html = reply === null ? '' : ports.templates.render('reply', { ...replyModel(reply, tokens, post.viewer), follow });
  return response.send({
    ok: reply?.ok ?? true,
    html,
    nonce: tokens.nonce,
    go: goTo === null || reply === null ? null : withReply(ports, post, reply, goTo),
  });
}

/** A command of the line above leads where it had its effect: a new incident's room. */
function whereTo({ body, incident }: Post, reply: Reply | null): string | null {
  if (reply === null || !reply.ok || reply.incident === undefined || reply.incident === incident) return null;
  return body['follow'] === 'yes' ? `/incidents/${reply.incident}` : null;
}

/** After a plain form post the next page shows the answer, so that loading it again posts nothing. */
function redirect(ports: ActionPorts, post: Post, reply: Reply | null, goTo: string | null, response: FastifyReply): FastifyReply {
  const path = goTo ?? withoutReply(post.back);
  return response.redirect(reply === null ? path : withReply(ports, post, reply, path), 303);
}
function withReply(ports: ActionPorts, post: Post, reply: Reply, path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}reply=${ports.replies.keep(post.viewer.person.id, reply)}`;
}
function withoutReply(path: string): string {
  return path.replace(/([?&])reply=[0-9a-f]*&?/, '$1').replace(/[?&]$/, '');
}
