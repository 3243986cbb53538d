import type { Heard, Reply } from '../../engine/ports.ts';
import type { Intake } from '../intake.ts';
import { refusing } from '../saying.ts';
import type { AnswerPorts } from './answers.ts';
import { SENTENCES } from './sentences.ts';

export interface InboundPorts extends AnswerPorts {
  readonly intake: Intake;
  /** Our own bot, whose messages nobody edits but us; null before Slack said. */
  readonly ownBot: () => string | null;
  /** Told of what should never happen. */
  readonly bug: (fault: unknown) => void;
}
/** The answer to a delivery of a user, or the sentence that says why there is none. */
export async function hear({ intake, bug, directory }: InboundPorts, heard: Omit<Heard, 'platform'>, user: string): Promise<Reply> {
  // Nobody is called a stranger because Slack is ill.
  if (heard.person === null && directory.isUnclear(user)) return refusing(SENTENCES.whoAreYou);
  try {
    const answered = intake.hear({ ...heard, platform: 'slack' });
    return answered === null ? refusing(SENTENCES.starting) : await answered;
  } catch (fault) {
    bug(fault);
    return refusing(SENTENCES.failed);
  }
}
