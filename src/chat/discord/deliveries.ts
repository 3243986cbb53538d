import type { Clock } from '../../kit/clock.ts';
import { HOUR_MS } from '../../kit/duration.ts';
import type { Notes } from '../notes.ts';

/** A dispatch of the gateway that a person caused. */
export interface Dispatch {
  /** Discord's name of the event, such as `INTERACTION_CREATE`. */
  readonly type: string;
  /** The same when the gateway tells it again. */
  readonly key: string;
  readonly data: unknown;
}
export interface DeliveryPorts {
  readonly notes: Notes;
  readonly clock: Clock;
  readonly process: (dispatch: Dispatch) => Promise<void>;
  readonly bug: (fault: unknown) => void;
}
export interface Deliveries {
  /** Writes the dispatch down, then works on it by itself. Throws when it could not be written down: the gateway must tell it again. */
  take(dispatch: Dispatch): Promise<void>;
  /** Works on what was written down and never finished. */
  replay(): Promise<void>;
  /** What is under way has ended. */
  idle(): Promise<void>;
}

/** What nobody worked on for this long is of the past. */
const KEPT_MS = 24 * HOUR_MS;
const NOTE = 'heard/';

interface Kept extends Dispatch {
  readonly at: number;
}

/**
 * Dispatches are on disk before the place in the session moves on, and until they were worked on: a crash in between loses nothing, because
 * each is heard under its own key and so again with the first answer.
 */
export function createDeliveries({ notes, clock, process, bug }: DeliveryPorts): Deliveries {
  const underWay = new Map<string, Promise<void>>();
  const work = async (note: string, dispatch: Dispatch): Promise<void> => {
    try {
      await process(dispatch);
      await notes.remove(note);
    } catch (fault) {
      bug(fault);
    }
  };
  return {
    async take(dispatch) {
      const note = NOTE + dispatch.key;
      await notes.put(note, JSON.stringify({ at: clock.now(), ...dispatch } satisfies Kept));
      const lane = laneOf(dispatch);
      const before = underWay.get(lane) ?? Promise.resolve();
      const working = before.then(() => work(note, dispatch));
      underWay.set(lane, working);
      // Nobody waits for it here, and it settles its own faults.
      working.then(() => underWay.get(lane) === working && underWay.delete(lane), bug);
    },
    async replay() {
      for (const { key, value } of await notes.list(NOTE)) {
        const { at, ...dispatch } = JSON.parse(value) as Kept;
        if (clock.now() - at > KEPT_MS) await notes.remove(key);
        else await work(key, dispatch);
      }
    },
    async idle() {
      await Promise.all(underWay.values());
    },
  };
}

/** A pin and its removal are heard in their order; nobody who presses a button waits for anybody else. */
function laneOf({ type, key, data }: Dispatch): string {
  const { channel_id: channel } = data as { channel_id?: unknown };
  return type === 'INTERACTION_CREATE' ? key : `channel ${String(channel)}`;
}
