import { App } from '@slack/bolt';
import type { CurrentCatalog, Platform } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { createHttpClient } from '../../kit/http.ts';
import type { Pace } from '../../kit/pace.ts';
import { deriveKey } from '../../kit/signing.ts';
import type { HearOnce } from '../intake.ts';
import type { Notes } from '../notes.ts';
import { clientOptions, createSlackApi, type SlackApi } from './api.ts';
import type { Acknowledge, Body } from './deliveries.ts';
import { createDirectory } from './directory.ts';
import { createGroups } from './groups.ts';
import type { InboundPorts } from './hearing.ts';
import { listen } from './inbound.ts';
import type { Failure } from './outcome.ts';
import { pacedApi } from './pacing.ts';
import { keepPromise, type Self } from './rooms.ts';
import { silent } from './silent.ts';

/** What crosses to the thread of the library as it is. */
export interface SlackLibrarySettings {
  readonly token: string;
  /** `https://slack.com/api/`, or where another one answers. */
  readonly apiUrl: string;
  /** Channel that shows one line an incident, or null. */
  readonly digestChannel: string | null;
  /** The one secret of the installation; keys of our own are derived from it. */
  readonly secret: string;
  readonly timeoutMs?: number;
  /** So often a card is edited at the most; Slack takes about one edit a second. */
  readonly editEveryMs?: number;
}
export interface SlackLibraryOptions extends SlackLibrarySettings {
  readonly notes: Notes;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly hear: HearOnce;
  readonly bug: (fault: unknown) => void;
}
/** All that needs Slack's own library. What is asked and answered is plain data, so that it may be in another thread. */
export interface SlackLibrary extends Pick<Platform, 'deliver' | 'groups'> {
  /** Asks Slack who we are there, once it answers. */
  greet(): Promise<void>;
  /** Works on one delivery to its end; of a form it acknowledges. */
  work(body: Body, acknowledge: Acknowledge): Promise<void>;
  stop(): Promise<void>;
}
export type MakeSlackLibrary = (options: SlackLibraryOptions) => SlackLibrary;

/** Slack's library in this thread. It makes no promise of its own: nothing is repeated, awaited without end or forgotten in here. */
export function createSlackLibrary(options: SlackLibraryOptions): SlackLibrary {
  const { notes, catalog, clock, pace, secret, bug, hear, digestChannel, apiUrl } = options;
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
    hear,
    buttonKey: deriveKey(secret, 'slack-buttons'),
    formKey: deriveKey(secret, 'slack-forms'),
    http: createHttpClient({ allow: [new URL(apiUrl).host] }),
    apiOrigin: new URL(apiUrl).origin,
    ownBot: () => self.known()?.bot ?? null,
  };
  const process = boltProcess(options, ports, self);
  return {
    async greet() {
      await self.ask();
    },
    async work(body, acknowledge) {
      await self.ask();
      await process(body, acknowledge);
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
    stop: async () => undefined,
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
function boltProcess(options: SlackLibraryOptions, ports: InboundPorts, self: RememberedSelf) {
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
  return (body: Body, acknowledge: Acknowledge): Promise<void> => app.processEvent({ body: { ...body }, ack: acknowledge });
}
