import type { CommandOutline, Heard, Reply } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { type HearOnce, ROOM_WAIT_MS } from '../intake.ts';
import { refusing } from '../saying.ts';
import type { MessagePorts } from './messages.ts';
import { SENTENCES } from './sentences.ts';

export interface InboundPorts extends MessagePorts {
  readonly hear: HearOnce;
  readonly clock: Clock;
  readonly guild: string;
  readonly outlines: () => readonly CommandOutline[];
  /** Open incidents, newest first, to complete with. */
  readonly openIncidents: () => Promise<readonly { readonly number: number; readonly title: string }[]>;
  /** Our own bot, whose messages nobody edits but us; null before Discord said. */
  readonly ownUser: () => string | null;
  /** Told of what should never happen. */
  readonly bug: (fault: unknown) => void;
}

/** The answer to a delivery, or the sentence that says why there is none. */
export async function hear(ports: InboundPorts, heard: Omit<Heard, 'platform'>): Promise<Reply> {
  try {
    return (await ports.hear({ ...heard, platform: 'discord', waitsMs: ROOM_WAIT_MS })) ?? refusing(SENTENCES.starting);
  } catch (fault) {
    ports.bug(fault);
    return refusing(SENTENCES.failed);
  }
}
