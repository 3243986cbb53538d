import { MINUTE_MS } from '../../kit/duration.ts';
import { documentHtml } from './draw.ts';
import type { RoomMessage } from './options.ts';
import { moment, nameOf, namesOf, type Viewer } from './viewer.ts';

/** Messages shown at first; the timeline and the ledger have all of it. */
export const MESSAGES_SHOWN = 200;
/** All a page can hold and still scroll. */
export const MESSAGES_SHOWN_MAX = 2_000;
/** Words of the same author this soon after each other stand under one name. */
const CONTINUED_MS = 5 * MINUTE_MS;

/** A room's messages for `messages.html.hbs`; `pins` are the names of what is pinned. */
export function messagesModel(messages: readonly RoomMessage[], pins: readonly string[], viewer: Viewer): readonly object[] {
  const shown: object[] = [];
  let before: RoomMessage | null = null;
  let joined: RoomMessage[] = [];
  const flush = (): void => {
    const [first] = joined;
    if (first !== undefined) shown.push(joinedModel(first, joined, viewer));
    joined = [];
  };
  for (const message of messages) {
    if (message.kind === 'joined') {
      joined.push(message);
      continue;
    }
    flush();
    shown.push(messageModel(message, before, pins, viewer));
    before = message;
  }
  flush();
  return shown;
}

/** Several who came together are one line. */
function joinedModel(first: RoomMessage, joined: readonly RoomMessage[], viewer: Viewer): object {
  return {
    id: first.id,
    joined: namesOf(
      viewer,
      joined.map(({ author }) => author),
    ),
    at: moment(first.at, viewer),
  };
}

function messageModel(message: RoomMessage, before: RoomMessage | null, pins: readonly string[], viewer: Viewer): object {
  const isContinued =
    before !== null && before.author === message.author && message.at - before.at < CONTINUED_MS && message.kind === 'words';
  return {
    id: message.id,
    joined: '',
    kind: message.kind,
    author: message.author === 'allclear' ? 'Allclear' : nameOf(viewer, message.author),
    isOwn: message.author === viewer.person.id,
    isContinued,
    at: moment(message.at, viewer),
    html: documentHtml(message.document, viewer),
    isPinned: pins.includes(`console ${message.id}`),
  };
}
