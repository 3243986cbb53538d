import { App } from '@slack/bolt';
import type { CurrentCatalog, Platform } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { createHttpClient } from '../../kit/http.ts';
import { createPace, type Pace } from '../../kit/pace.ts';
import { deriveKey } from '../../kit/signing.ts';
import { createIntake } from '../intake.ts';
import type { Notes } from '../notes.ts';
import { clientOptions, createSlackApi, type SlackApi } from './api.ts';
import { bodyOf, createDeliveries, type Deliveries, isSigned, type SlackAnswer, type SlackRequest } from './deliveries.ts';
import { createDirectory } from './directory.ts';
import { createGroups } from './groups.ts';
import type { InboundPorts } from './hearing.ts';
import { listen } from './inbound.ts';
import type { Failure } from './outcome.ts';
import { pacedApi } from './pacing.ts';
import { keepPromise, type Self } from './rooms.ts';
import { silent } from './silent.ts';
import { connectSocket, type Socket } from './socket.ts';

export interface SlackOptions {
  readonly token: string;
  /** Socket Mode when there is one, else signed requests to `receive`. */
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  /** `https://slack.com/api/`, or where another one answers. */
  readonly apiUrl: string;
  /** Channel that shows one line an incident, or null. */
  readonly digestChannel: string | null;
  readonly notes: Notes;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  /** The one secret of the installation; keys of our own are derived from it. */
  readonly secret: string;
  readonly bug: (fault: unknown) => void;
  readonly timeoutMs?: number;
  /** So often a card is edited at the most; Slack takes about one edit a second. */
  readonly editEveryMs?: number;
  /** How soon Slack may be asked again, shared with the other replicas; absent where there are none. */
  readonly pace?: Pace;
}
export interface SlackPlatform extends Platform {
  readonly name: 'slack';
  /** Answers one HTTP request of Slack: events, interactions and commands come to the same place. */
  receive(request: SlackRequest): Promise<SlackAnswer>;
}

/** Slack as a chat world. Its library makes no promise of its own: nothing is repeated, awaited without end or forgotten in here. */
export function createSlackPlatform(options: SlackOptions): SlackPlatform {
  const { notes, catalog, clock, secret, bug, digestChannel, apiUrl } = options;
  const { pace = createPace(clock) } = options;
  const api = pacedApi(createSlackApi(options), pace);
  const pageApi = createSlackApi(options);
  const groups = createGroups(api, clock);
  const { editEveryMs = SECOND_MS } = options;
  const self = rememberSelf(api);
  const directory = createDirectory(pageApi, catalog, clock, () => self.known()?.team ?? null);
  const ports: InboundPorts = {
    api,
    notes,
    directory,
    clock,
    bug,
    buttonKey: deriveKey(secret, 'slack-buttons'),
    formKey: deriveKey(secret, 'slack-forms'),
    http: createHttpClient({ allow: [new URL(apiUrl).host] }),
    apiOrigin: new URL(apiUrl).origin,
    intake: createIntake(),
    ownBot: () => self.known()?.bot ?? null,
  };
  const deliveries = createDeliveries({ notes, clock, bug, process: boltProcess(options, ports, self) });
  let socket: Socket | null = null;
  return {
    name: 'slack',
    async start(hear) {
      ports.intake.open(hear);
      await self.ask();
      await deliveries.replay();
      if (options.appToken !== null) socket = await connectSocket({ ...options, appToken: options.appToken, take: deliveries.take });
    },
    async stop() {
      await socket?.stop();
      deliveries.stop();
      ports.intake.close();
    },
    async deliver(promise, attempt) {
      const known = await self.ask();
      return 'outcome' in known
        ? known
        : keepPromise({ ...ports, digestChannel, groups, pageApi, pace, editEveryMs }, known, promise, attempt);
    },
    async groups(person) {
      await directory.learn([person]);
      const user = directory.slackId(person);
      return user === null ? [] : groups.of(user);
    },
    receive: (request) => receive(options, deliveries, request),
  };
}

interface RememberedSelf {
  known(): Self | null;
  ask(): Promise<Self | Failure>;
}

function rememberSelf(api: SlackApi): RememberedSelf {
  let known: Self | null = null;
  return {
    known: () => known,
    async ask() {
      if (known !== null) return known;
      const called = await api.call('auth.test');
      if (!called.ok) return called.failure;
      const { team_id, user_id, bot_id, url } = called.result as { team_id: string; user_id: string; bot_id?: string; url: string };
      known = { team: team_id, user: user_id, bot: bot_id ?? null, url };
      return known;
    },
  };
}

/** Bolt reads payloads and finds the listener; receiving, storing and acknowledging are ours. */
function boltProcess(options: SlackOptions, ports: InboundPorts, self: RememberedSelf) {
  const receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };
  const app = new App({
    receiver,
    logger: silent,
    clientOptions: clientOptions(options),
    authorize: async () => {
      const known = self.known();
      const bot = known === null ? {} : { botUserId: known.user, teamId: known.team, ...(known.bot === null ? {} : { botId: known.bot }) };
      return { botToken: options.token, ...bot };
    },
  });
  // What a listener throws is the delivery's failure: it stays written down.
  app.error(async (fault) => {
    throw fault;
  });
  listen(app, ports);
  return (body: Readonly<Record<string, unknown>>, acknowledge: (content?: unknown) => Promise<void>): Promise<void> =>
    app.processEvent({ body: { ...body }, ack: acknowledge });
}

async function receive(options: SlackOptions, deliveries: Deliveries, request: SlackRequest): Promise<SlackAnswer> {
  const { signingSecret, clock, bug } = options;
  if (signingSecret === null || !isSigned(signingSecret, request, clock.now())) return { status: 401, body: '' };
  const body = bodyOf(request.body);
  if (body === null) return { status: 400, body: '' };
  if (body['type'] === 'url_verification') return { status: 200, body: String(body['challenge']) };
  return new Promise((resolve) => {
    const acknowledge = async (content?: unknown): Promise<void> => {
      const text = typeof content === 'string' ? content : content === undefined ? '' : JSON.stringify(content);
      resolve({ status: 200, body: text });
      // Work begins once the answer is on its way: whoever acknowledged waits one turn of the event loop.
      await new Promise((turn) => setImmediate(turn));
    };
    deliveries.take(body, acknowledge).then(
      // Whatever became of it, it was taken: Slack need not send it again.
      () => resolve({ status: 200, body: '' }),
      (fault) => {
        bug(fault);
        resolve({ status: 503, body: '' });
      },
    );
  });
}
