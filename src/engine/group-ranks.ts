import type { Catalog, Rank } from '../domain/catalog.ts';
import { type Actor, personOf } from '../domain/kernel.ts';
import type { Clock } from '../kit/clock.ts';
import { within } from '../kit/deadline.ts';
import { SECOND_MS } from '../kit/duration.ts';
import type { CurrentCatalog, Platform } from './ports.ts';

const RANKS: readonly Rank[] = ['observer', 'responder', 'commander', 'admin'];
/** A platform that is slow to say who is in which group keeps nobody waiting: the rank of the file holds then. */
const ANSWER_MS_MAX = 2 * SECOND_MS;

/** The highest rank an actor has by a group of some platform, or null; asked only where a group could give more than the file does. */
export type RankByGroups = (actor: Actor) => Promise<Rank | null>;

export function createRankByGroups(platforms: readonly Platform[], catalog: CurrentCatalog, clock: Clock): RankByGroups {
  return async (actor) => {
    const person = personOf(actor);
    const own = person === null ? undefined : catalog().people[person]?.rank;
    if (person === null || own === undefined) return null;
    const found = await Promise.all(
      platforms.map(async (platform) => {
        const ranks = catalog().chat[platform.name]?.ranks ?? {};
        if (!Object.values(ranks).some((rank) => isHigher(rank, own))) return [];
        // A platform that cannot answer gives nobody a rank.
        const groups = await within(platform.groups(person), ANSWER_MS_MAX, clock).catch(() => []);
        return groups.flatMap((group) => (Object.hasOwn(ranks, group) ? (ranks[group] ?? []) : []));
      }),
    );
    return found.flat().reduce<Rank | null>((highest, rank) => (highest === null || isHigher(rank, highest) ? rank : highest), null);
  };
}

function isHigher(one: Rank, other: Rank): boolean {
  return RANKS.indexOf(one) > RANKS.indexOf(other);
}

/** The catalog as it is for this actor: with the rank a group gave them, where that is higher. */
export function ranked(catalog: Catalog, actor: Actor, rank: Rank | null): Catalog {
  const person = rank === null ? null : personOf(actor);
  const entry = person === null ? undefined : catalog.people[person];
  if (rank === null || person === null || entry === undefined || !isHigher(rank, entry.rank)) return catalog;
  // Without prototype, as the catalog has it: somebody called `constructor` stays nobody.
  const people = Object.assign(Object.create(null), catalog.people, { [person]: { ...entry, rank } });
  return { ...catalog, people };
}
