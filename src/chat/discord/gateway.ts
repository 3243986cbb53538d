import type { SessionInfo } from '@discordjs/ws';
import { type Clock, pause } from '../../kit/clock.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import type { Notes } from '../notes.ts';
import { type SupervisedThread, superviseThread } from '../supervised-thread.ts';
import type { Dispatch } from './deliveries.ts';
import type { GatewayNews, GatewayOrder, GatewayWish } from './gateway-words.ts';
import { waitForIdentify } from './identify-pace.ts';

export interface GatewayOptions {
  readonly token: string;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly notes: Notes;
  readonly clock: Clock;
  /** Writes a dispatch down; throws when it could not, and then it is asked for again. */
  readonly take: (dispatch: Dispatch) => Promise<void>;
  /** A session began anew: what happened before it was not told. */
  readonly fresh: () => Promise<void>;
  readonly bug: (fault: unknown) => void;
}
export interface Gateway {
  /** Ends the thread that holds the connection, as a bug of the library would; another one is started. */
  endThread(): void;
  stop(): Promise<void>;
}

/** The start of the bot waits this long for a connection, and then goes on without. */
const START_MS_MAX = 10 * SECOND_MS;
/** What people cause; all else the gateway tells is not ours. */
const HEARD: ReadonlySet<string> = new Set([
  'INTERACTION_CREATE',
  'MESSAGE_REACTION_ADD',
  'MESSAGE_REACTION_REMOVE',
  'MESSAGE_UPDATE',
  'MESSAGE_DELETE',
  'MESSAGE_DELETE_BULK',
]);
/** Where the session stands is written down at least this often. */
const DISPATCHES_UNWRITTEN_MAX = 100;
const NOTE = 'session';
/** Stands as long as something may have happened that nobody was told. */
const BEHIND = 'behind';
const CATCH_UP_AGAIN_MS = 5 * SECOND_MS;

type Thread = SupervisedThread<GatewayWish>;

interface Supervision {
  readonly options: GatewayOptions;
  session: SessionInfo | null;
  withContent: boolean;
  /** Dispatches are written down one after another, so that the place in the session never runs ahead of them. */
  taken: Promise<void>;
  unwritten: number;
  isOver: boolean;
  cancel: () => void;
}

/**
 * Discord's gateway in a supervised thread. Answers once it is connected, or cannot be just now; from then on it comes back by itself. The
 * place in the session is kept, so that a restart resumes it and is told what happened meanwhile.
 */
export async function connectGateway(options: GatewayOptions): Promise<Gateway> {
  const known = await options.notes.get(NOTE);
  const supervision: Supervision = {
    options,
    session: known === null ? null : (JSON.parse(known) as SessionInfo),
    withContent: true,
    taken: Promise.resolve(),
    unwritten: 0,
    isOver: false,
    cancel: () => undefined,
  };
  const { token, apiUrl, timeoutMs, clock, bug } = options;
  const settled = Promise.withResolvers<void>();
  const thread: Thread = superviseThread<GatewayNews, GatewayWish>({
    name: 'discord gateway',
    module: new URL('./gateway-worker.ts', import.meta.url),
    order: (): GatewayOrder => ({ token, apiUrl, timeoutMs, withContent: supervision.withContent, session: supervision.session }),
    hear(news) {
      if (news.kind === 'ready' || news.kind === 'resumed' || news.kind === 'fault') settled.resolve();
      hearNews(supervision, thread, news);
    },
    ended: settled.resolve,
    clock,
    bug,
  });
  await Promise.race([settled.promise, pause(clock, START_MS_MAX)]);
  return {
    endThread: () => thread.end(),
    async stop() {
      supervision.isOver = true;
      supervision.cancel();
      await thread.stop({ kind: 'stop' });
      await supervision.taken;
      if (supervision.session !== null && supervision.unwritten > 0) await moveTo(supervision, supervision.session);
    },
  };
}

function hearNews(supervision: Supervision, thread: Thread, news: GatewayNews): void {
  const { options } = supervision;
  const inTurn = (work: () => Promise<void>): void => {
    supervision.taken = supervision.taken.then(work).catch((fault) => {
      options.bug(fault);
      // Not written down: the next thread begins before it, and is told it again.
      thread.end();
    });
  };
  switch (news.kind) {
    case 'identify':
      waitForIdentify(options.notes, options.clock).then(() => thread.tell({ kind: 'go' }), options.bug);
      return;
    case 'ready':
      thread.works();
      inTurn(async () => {
        await options.notes.put(BEHIND, '');
        await moveTo(supervision, news.session);
        catchUp(supervision);
      });
      return;
    case 'resumed':
      thread.works();
      catchUp(supervision);
      return;
    case 'dispatch':
      inTurn(() => takeDispatch(supervision, news));
      return;
    case 'refused':
      // The operator has not switched it on: pins come without their words, and everything else works.
      if (news.isForContent) supervision.withContent = false;
      thread.end();
      return;
    case 'fault':
      options.bug(new Error(`Discord's gateway: ${news.detail}`));
  }
}

/** Beside what people do just now, who must not wait for it, and again until it has worked once: nobody else tells it. */
function catchUp(supervision: Supervision): void {
  const { notes, clock, fresh, bug } = supervision.options;
  const work = async (): Promise<void> => {
    if (supervision.isOver || (await notes.get(BEHIND)) === null) return;
    await fresh();
    await notes.remove(BEHIND);
  };
  work().catch((fault) => {
    bug(fault);
    if (!supervision.isOver) supervision.cancel = clock.alarm(clock.now() + CATCH_UP_AGAIN_MS, () => catchUp(supervision));
  });
}

async function takeDispatch(supervision: Supervision, { type, sequence, data }: Extract<GatewayNews, { kind: 'dispatch' }>): Promise<void> {
  const { session, options } = supervision;
  if (session === null || sequence <= session.sequence) return;
  const isHeard = HEARD.has(type);
  if (isHeard) await options.take({ type, key: keyOf(type, data, session.sessionId, sequence), data });
  const next = { ...session, sequence };
  supervision.unwritten += 1;
  if (isHeard || supervision.unwritten >= DISPATCHES_UNWRITTEN_MAX) await moveTo(supervision, next);
  else supervision.session = next;
}

/** An interaction has a name of its own; anything else is named by its place in the session, which is the same when it is told again. */
function keyOf(type: string, data: unknown, session: string, sequence: number): string {
  const { id } = data as { id?: unknown };
  return type === 'INTERACTION_CREATE' && typeof id === 'string' ? `interaction-${id}` : `${session}-${sequence}`;
}

async function moveTo(supervision: Supervision, session: SessionInfo): Promise<void> {
  await supervision.options.notes.put(NOTE, JSON.stringify(session));
  supervision.session = session;
  supervision.unwritten = 0;
}
