import type { Heard, Reply } from '../../engine/ports.ts';
import { type HearOnce, ROOM_WAIT_MS } from '../intake.ts';
import { refusing } from '../saying.ts';
import type { AnswerPorts } from './answers.ts';
import { SENTENCES } from './sentences.ts';

export interface InboundPorts extends AnswerPorts {
  readonly hear: HearOnce;
  /** Our own bot, whose messages nobody edits but us; null before Slack said. */
  readonly ownBot: () => string | null;
  /** Told of what should never happen. */
  readonly bug: (fault: unknown) => void;
}
/** The answer to a delivery of a user, or the sentence that says why there is none. */
export async function hear(ports: InboundPorts, heard: Omit<Heard, 'platform'>, user: string): Promise<Reply> {
  const { bug, directory } = ports;
  // Nobody is called a stranger because Slack is ill.
  if (heard.person === null && directory.isUnclear(user)) return refusing(SENTENCES.whoAreYou);
  try {
    return (await ports.hear({ ...heard, platform: 'slack', waitsMs: ROOM_WAIT_MS })) ?? refusing(SENTENCES.starting);
  } catch (fault) {
    bug(fault);
    return refusing(SENTENCES.failed);
  }
}
