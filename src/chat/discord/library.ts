import type { CommandOutline, CurrentCatalog, Platform } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import type { Pace } from '../../kit/pace.ts';
import { deriveKey } from '../../kit/signing.ts';
import type { HearOnce } from '../intake.ts';
import type { Notes } from '../notes.ts';
import type { AnswerPorts } from './answers.ts';
import { createDiscordApi, type DiscordApi } from './api.ts';
import type { Dispatch } from './deliveries.ts';
import { createDirectory } from './directory.ts';
import { forgetOldForms } from './forms.ts';
import { createGroups } from './groups.ts';
import type { InboundPorts } from './hearing.ts';
import { hearDispatch } from './inbound.ts';
import type { Failure } from './outcome.ts';
import { pacedApi } from './pacing.ts';
import { catchUp } from './pins.ts';
import { registerCommands } from './registration.ts';
import { keepPromise, type RoomPorts } from './rooms.ts';

/** What crosses to the thread of the library as it is. */
export interface DiscordLibrarySettings {
  readonly token: string;
  /** The server whose incidents these are. */
  readonly guild: string;
  /** `https://discord.com/api`, or where another one answers; no slash at the end. The gateway's address comes from there. */
  readonly apiUrl: string;
  readonly digestChannel: string | null;
  readonly category: string | null;
  readonly roomsChannel: string | null;
  readonly hasBridge: boolean;
  /** The one secret of the installation; keys of our own are derived from it. */
  readonly secret: string;
  readonly timeoutMs?: number;
  /** So often a card is edited at the most; Discord takes about one edit a second. */
  readonly editEveryMs?: number;
}
export interface DiscordLibraryOptions extends DiscordLibrarySettings {
  readonly notes: Notes;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly outlines: () => readonly CommandOutline[];
  readonly openIncidents: InboundPorts['openIncidents'];
  readonly hear: HearOnce;
  readonly bug: (fault: unknown) => void;
}
/** All that needs Discord's own library but the gateway. What is asked and answered is plain data, so that it may be in another thread. */
export interface DiscordLibrary extends Pick<Platform, 'deliver' | 'groups'> {
  /** Asks Discord who we are there and registers the commands, once it answers. */
  greet(): Promise<void>;
  /** Works on one dispatch of the gateway, to its end. */
  work(dispatch: Dispatch): Promise<void>;
  /** Looks for what the gateway did not tell. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}
export type MakeDiscordLibrary = (options: DiscordLibraryOptions) => DiscordLibrary;

/** Discord's library in this thread. It makes no promise of its own: nothing is repeated, awaited without end or forgotten in here. */
export function createDiscordLibrary(options: DiscordLibraryOptions): DiscordLibrary {
  const { notes, clock, guild, secret } = options;
  const api = pacedApi(createDiscordApi(options), options.pace);
  const self = rememberSelf(api, notes);
  const directory = createDirectory(api, options.catalog);
  const groups = createGroups(api, guild, options.catalog, directory, clock);
  const ports: AnswerPorts & RoomPorts = {
    ...options,
    api,
    directory,
    groups,
    application: () => self.known()?.application ?? '',
    pageApi: createDiscordApi(options),
    editEveryMs: options.editEveryMs ?? SECOND_MS,
    ownUser: () => self.known()?.user ?? null,
    buttonKey: deriveKey(secret, 'discord-buttons'),
    placeKey: deriveKey(secret, 'discord-places'),
  };
  let isRegistered = false;
  const greet = async (): Promise<void> => {
    const known = await self.ask();
    if (isRegistered || 'outcome' in known) return;
    isRegistered = true;
    await register(ports, known);
  };
  return {
    async greet() {
      await forgetOldForms(ports);
      await greet();
    },
    async work(dispatch) {
      await self.ask();
      await hearDispatch(ports, dispatch);
    },
    async catchUp() {
      await greet();
      await catchUp(ports);
    },
    async deliver(promise, attempt) {
      const known = await self.ask();
      return 'outcome' in known ? known : keepPromise(ports, promise, attempt);
    },
    async groups(person) {
      const user = directory.discordId(person);
      return user === null ? [] : groups.of(user);
    },
    stop: async () => undefined,
  };
}

async function register({ api, guild, outlines, bug }: AnswerPorts, { application }: Self): Promise<void> {
  const failed = await registerCommands(api, application, guild, outlines());
  // Those that stand from before keep working; the next start tries again.
  if (failed !== null) bug(new Error(`the commands could not be registered: ${'detail' in failed ? failed.detail : ''}`));
}

/** Who we are there (resources/application#get-current-application). */
interface Self {
  readonly application: string;
  readonly user: string;
}
interface RememberedSelf {
  known(): Self | null;
  ask(): Promise<Self | Failure>;
}

function rememberSelf(api: DiscordApi, notes: Notes): RememberedSelf {
  let known: Self | null = null;
  return {
    known: () => known,
    async ask() {
      if (known !== null) return known;
      const called = await api.call('GET', '/applications/@me');
      if (!called.ok) return called.failure;
      const { id, bot } = called.result as { id: string; bot?: { id: string } };
      // Where it is not told, the bot has the number of its application.
      known = { application: id, user: bot?.id ?? id };
      await notes.put('self', known.user);
      return known;
    },
  };
}
