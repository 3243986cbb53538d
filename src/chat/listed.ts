import type { ChatPromise, Outcome } from '../engine/ports.ts';
import type { Document } from '../readings/document.ts';
import type { Notes } from './notes.ts';

/** A message outside the room that is kept current: its name among our notes, where it stands, and what it says. */
export interface Listed {
  readonly name: string;
  readonly channel: string;
  readonly document: Document;
}
type Keep = Pick<Extract<ChatPromise, { kind: 'keep' }>, 'incident' | 'digest' | 'announcement'>;

/**
 * Where an incident is listed besides its room: the channel that lists all, and those in which its severity is announced. Once
 * announced somewhere it stays there, whatever its severity becomes.
 */
export async function placesListing(
  notes: Notes,
  digestChannel: string | null,
  { incident, digest, announcement = null }: Keep,
): Promise<readonly Listed[]> {
  if (announcement !== null) await notes.add(`announced/${incident}/${announcement.channel}`, '');
  const announced = (await notes.list(`announced/${incident}/`)).map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
  return [
    ...(digestChannel === null ? [] : [{ name: `digest/${incident}`, channel: digestChannel, document: digest }]),
    ...announced
      .filter((channel) => channel !== digestChannel)
      .map((channel) => ({ name: `announcement/${incident}/${channel}`, channel, document: announcement?.document ?? digest })),
  ];
}

/** Keeps one after another; one that will never work keeps no other from being kept. Answers what went wrong, or null. */
export async function keepAll<Failure extends Outcome>(
  places: readonly Listed[],
  keep: (place: Listed) => Promise<Failure | null>,
): Promise<Failure | null> {
  let last: Failure | null = null;
  for (const place of places) {
    const failed = await keep(place);
    if (failed !== null && failed.outcome !== 'dead') return failed;
    last = failed ?? last;
  }
  return last;
}
