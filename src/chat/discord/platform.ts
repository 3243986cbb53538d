import type { Platform } from '../../engine/ports.ts';
import { within } from '../../kit/deadline.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { createPace, type Pace } from '../../kit/pace.ts';
import { createIntake } from '../intake.ts';
import { createDeliveries, type Dispatch } from './deliveries.ts';
import { concernsPin, isEdit } from './edits.ts';
import { connectGateway, type Gateway } from './gateway.ts';
import type { DiscordLibraryOptions, MakeDiscordLibrary } from './library.ts';
import { TIMEOUT_MS } from './limits.ts';

export interface DiscordOptions extends Omit<DiscordLibraryOptions, 'hear' | 'pace'> {
  /** How soon Discord may be asked again, shared with the other replicas; absent where there are none. */
  readonly pace?: Pace;
}
export interface DiscordPlatform extends Platform {
  readonly name: 'discord';
  /** Ends the thread that holds the gateway, as a bug of the library would; another one is started. */
  endThread(): void;
  /** Nothing is delivered any more. */
  close(): Promise<void>;
}

/** Discord is waited for so long at the start; it is heard as soon as it is there. */
const START_MS_MAX = 10 * SECOND_MS;

/** Discord as a chat world. What people do is received and written down here; its library does the rest, wherever it is. */
export function createDiscordPlatform(options: DiscordOptions, makeLibrary: MakeDiscordLibrary): DiscordPlatform {
  const { notes, clock, bug } = options;
  const intake = createIntake();
  const library = makeLibrary({ pace: createPace(clock), ...options, hear: async (heard) => intake.hear(heard) });
  const deliveries = createDeliveries({ notes, clock, bug, process: library.work });
  let gateway: Gateway | null = null;
  // Completions are worth nothing a second later, and edits matter for what is in a timeline: these alone are not written down.
  const take = async (dispatch: Dispatch): Promise<void> => {
    if (isCompletion(dispatch)) library.work(dispatch).catch(bug);
    else if (!isEdit(dispatch) || (await concernsPin(notes, dispatch.data))) await deliveries.take(dispatch);
  };
  return {
    name: 'discord',
    endThread: () => gateway?.endThread(),
    async start(hear) {
      intake.open(hear);
      const begun = library.greet().catch(bug).then(deliveries.replay);
      await within(begun, START_MS_MAX, clock).catch(bug);
      gateway = await connectGateway({
        ...options,
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        take,
        fresh: library.catchUp,
      });
    },
    async stop() {
      await gateway?.stop();
      gateway = null;
      await deliveries.idle();
      intake.close();
    },
    deliver: library.deliver,
    groups: library.groups,
    close: library.stop,
  };
}

function isCompletion({ type, data }: Dispatch): boolean {
  return type === 'INTERACTION_CREATE' && (data as { type?: unknown }).type === AUTOCOMPLETE;
}
/** interactions/receiving-and-responding#interaction-object-interaction-type */
const AUTOCOMPLETE = 4;
