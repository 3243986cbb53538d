import { z } from 'zod';
import type { Role } from '../../domain/catalog.ts';
import { Label, Prose, section } from '../forms.ts';
import { record } from '../references.ts';

/** What does not fit on a phone nobody reads while things burn. */
const DUTIES_MAX = 20;

export const RoleEntry = section({
  name: Label,
  duties: z.array(Prose).min(1).max(DUTIES_MAX).describe('Sent to the holder; one duty a line.'),
});
type RoleEntry = z.infer<typeof RoleEntry>;

const DEFAULT_ROLES: Readonly<Record<string, RoleEntry>> = {
  ic: {
    name: 'Incident Commander',
    duties: [
      'You run the incident and own every decision until you hand over. Say so: "I am the incident commander".',
      'Do not debug. If you are the only one who can, hand the command to somebody else first.',
      'Ask for a one-minute picture: what do customers see, since when, what changed, what is being tried?',
      'Set the severity from customer impact, and raise it when in doubt. It is easier to lower later.',
      'Stop the bleeding before finding the cause: roll back, switch off, go read-only, shed load.',
      'Give each task to one person by name with a time: "Bo, check the database, tell me in five minutes".',
      'Before anything risky ask "any strong objections?", wait a moment, then decide. A late decision is worse than a small wrong one.',
      'Keep one conversation in the room, and move side discussions out.',
      'Hand over before you are tired, at the latest after four hours, with a spoken briefing.',
      'Declare it mitigated only when the numbers say so, and resolved only when every emergency switch is back.',
    ],
  },
  ops: {
    name: 'Operations Lead',
    duties: [
      'You and the people you choose are the only ones who change production. Everybody else looks and suggests.',
      'Say what you are about to do and what should happen, do it, then say what did happen.',
      'Change one thing at a time, and know how to undo it before you start.',
      'Prefer the reversible: roll back, fail over, switch off. A fix under pressure is the last choice.',
      'Watch the numbers that customers feel, not only the component you changed.',
      'Tell the incident commander when you are stuck, when you need another expert, and when you need a break.',
    ],
  },
  comms: {
    name: 'Communications Lead',
    duties: [
      'You speak for the incident, so that the others can work. Post the first update within ten minutes.',
      'Every update says what customers see, what we are doing, and when the next update comes. Then keep that time, even with "no change".',
      'Write for customers: no guesses at causes, no names, no promises of an end.',
      'Have the incident commander agree to anything that goes outside.',
      'Collect questions from support and management, and answer them here once instead of ten times in private.',
      'Post the all-clear, and say what customers may still have to do.',
    ],
  },
  scribe: {
    name: 'Scribe',
    duties: [
      'Flips, pages and steps are recorded by themselves. You record what is only said or seen: observations, ideas, decisions and their reasons.',
      'Use `note` for facts and pin 📌 messages that matter: graphs, error texts, links to the change that did it.',
      'Write down when customers were first hurt and when they were well again. These times are later the hardest to find.',
      'Write down what was ruled out, so that nobody checks it twice.',
      'When somebody joins, give them the story so far in three sentences.',
      'Collect follow-ups as they are said: what, who, until when.',
    ],
  },
  liaison: {
    name: 'Liaison',
    duties: [
      'You are the door to everybody outside the room: support, management, legal, partners and providers.',
      'Tell those who must know for this severity, and note when they were told.',
      'Open tickets with providers early, and bring their answers and ticket numbers back into the room.',
      'Bring in what support hears from customers: who is affected, where, since when, and what works around it.',
      'Keep spectators and questions away from the people at work.',
      'Watch for duties to report, such as personal data or contracts with deadlines, and raise them at once.',
    ],
  },
};

/** The roles of the file over the five usual ones: what the file names is replaced, what it does not stays. */
export function roles(entries: Readonly<Record<string, RoleEntry>>): Readonly<Record<string, Role>> {
  return record({ ...DEFAULT_ROLES, ...entries }, (id, { name, duties }) => ({ id, name, duties }));
}
