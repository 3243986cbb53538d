import type { CommandOutline, CurrentCatalog, Platform } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { createPace, type Pace } from '../../kit/pace.ts';
import { deriveKey } from '../../kit/signing.ts';
import { createIntake } from '../intake.ts';
import type { Notes } from '../notes.ts';
import type { AnswerPorts } from './answers.ts';
import { createDiscordApi, type DiscordApi, TIMEOUT_MS } from './api.ts';
import { createDeliveries, type Deliveries, type Dispatch } from './deliveries.ts';
import { createDirectory } from './directory.ts';
import { forgetOldForms } from './forms.ts';
import { connectGateway, type Gateway } from './gateway.ts';
import { createGroups } from './groups.ts';
import type { InboundPorts } from './hearing.ts';
import { hearDispatch } from './inbound.ts';
import type { Failure } from './outcome.ts';
import { pacedApi } from './pacing.ts';
import { catchUp, concernsPin, isEdit } from './pins.ts';
import { registerCommands } from './registration.ts';
import { keepPromise, type RoomPorts } from './rooms.ts';

export interface DiscordOptions {
  readonly token: string;
  /** The server whose incidents these are. */
  readonly guild: string;
  /** `https://discord.com/api`, or where another one answers; no slash at the end. The gateway's address comes from there. */
  readonly apiUrl: string;
  readonly digestChannel: string | null;
  readonly category: string | null;
  readonly roomsChannel: string | null;
  readonly hasBridge: boolean;
  readonly notes: Notes;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  /** The one secret of the installation; keys of our own are derived from it. */
  readonly secret: string;
  readonly outlines: () => readonly CommandOutline[];
  readonly openIncidents: InboundPorts['openIncidents'];
  readonly bug: (fault: unknown) => void;
  readonly timeoutMs?: number;
  /** So often a card is edited at the most; Discord takes about one edit a second. */
  readonly editEveryMs?: number;
  /** How soon Discord may be asked again, shared with the other replicas; absent where there are none. */
  readonly pace?: Pace;
}
export interface DiscordPlatform extends Platform {
  readonly name: 'discord';
  /** Ends the thread that holds the gateway, as a bug of the library would; another one is started. */
  endThread(): void;
}

/** Discord as a chat world. Its library makes no promise of its own: nothing is repeated, awaited without end or forgotten in here. */
export function createDiscordPlatform(options: DiscordOptions): DiscordPlatform {
  const { notes, clock, bug, guild, secret, pace = createPace(clock) } = options;
  const api = pacedApi(createDiscordApi(options), pace);
  const self = rememberSelf(api, notes);
  const directory = createDirectory(api, options.catalog);
  const groups = createGroups(api, guild, options.catalog, directory, clock);
  const application = (): string => self.known()?.application ?? '';
  const { outlines, openIncidents, digestChannel, category, roomsChannel, hasBridge } = options;
  const ports: AnswerPorts & RoomPorts = {
    api,
    notes,
    directory,
    clock,
    guild,
    bug,
    application,
    outlines,
    openIncidents,
    digestChannel,
    category,
    roomsChannel,
    hasBridge,
    groups,
    pageApi: createDiscordApi(options),
    pace,
    editEveryMs: options.editEveryMs ?? SECOND_MS,
    ownUser: () => self.known()?.user ?? null,
    buttonKey: deriveKey(secret, 'discord-buttons'),
    placeKey: deriveKey(secret, 'discord-places'),
    intake: createIntake(),
  };
  const deliveries = createDeliveries({ notes, clock, bug, process: (dispatch) => hearDispatch(ports, dispatch) });
  let gateway: Gateway | null = null;
  return {
    name: 'discord',
    endThread: () => gateway?.endThread(),
    async start(hear) {
      ports.intake.open(hear);
      await forgetOldForms(ports);
      const known = await self.ask();
      if (!('outcome' in known)) await register(ports, known);
      await deliveries.replay();
      gateway = await connectGateway({
        ...options,
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        take: taking(ports, deliveries),
        fresh: async () => {
          const again = await self.ask();
          if (!('outcome' in known) || 'outcome' in again) return catchUp(ports);
          await register(ports, again);
          await catchUp(ports);
        },
      });
    },
    async stop() {
      await gateway?.stop();
      gateway = null;
      await deliveries.idle();
      ports.intake.close();
    },
    async deliver(promise, attempt) {
      const known = await self.ask();
      return 'outcome' in known ? known : keepPromise(ports, promise, attempt);
    },
    async groups(person) {
      const user = directory.discordId(person);
      return user === null ? [] : groups.of(user);
    },
  };
}

/** Completions are worth nothing a second later, and edits matter for what is in a timeline: these alone are not written down. */
function taking(ports: AnswerPorts, deliveries: Deliveries): (dispatch: Dispatch) => Promise<void> {
  return async (dispatch) => {
    const { type } = dispatch.data as { type?: unknown };
    const isCompletion = dispatch.type === 'INTERACTION_CREATE' && type === AUTOCOMPLETE;
    if (isCompletion) hearDispatch(ports, dispatch).catch(ports.bug);
    else if (!isEdit(dispatch) || (await concernsPin(ports, dispatch.data))) await deliveries.take(dispatch);
  };
}
/** interactions/receiving-and-responding#interaction-object-interaction-type */
const AUTOCOMPLETE = 4;

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
