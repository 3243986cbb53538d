import type { CurrentCatalog } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { MINUTE_MS } from '../../kit/duration.ts';
import type { Document, Inline } from '../../readings/document.ts';
import type { SlackApi } from './api.ts';
import type { Failure } from './outcome.ts';
import type { People } from './rich-text.ts';

/** What Slack said about a user stays true this long: who leaves the company loses the rights of their address soon. */
const KNOWN_MS = 10 * MINUTE_MS;

export interface SlackUser {
  readonly id: string;
  /** The workspace they belong to; null where the payload does not say. */
  readonly team: string | null;
  readonly name: string | null;
}

/** People of the catalog and users of Slack: the same by `identities.slack`, else by e-mail address. */
export interface Directory extends People {
  /** Asks Slack about these people, so that they can be mentioned and written to. Answers why it could not, or null. */
  learn(people: readonly string[]): Promise<Failure | null>;
  /** The person a user is; null for strangers, guests, bots and users of other companies. */
  personOf(user: SlackUser): Promise<string | null>;
  /** True when Slack did not answer who a user is: then nobody knows whether they are a stranger. */
  isUnclear(user: string): boolean;
  /** What people call a user: the name in the catalog, else the one Slack has. */
  nameOf(user: string): Promise<string>;
}

interface Known {
  readonly value: string | null;
  readonly until: number;
}
interface Profile {
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly team_id?: string;
  readonly name?: string;
  readonly real_name?: string;
  readonly profile?: { readonly email?: string };
}

export function createDirectory(api: SlackApi, catalog: CurrentCatalog, clock: Clock, team: () => string | null): Directory {
  const users = new Map<string, Known>();
  const people = new Map<string, Known>();
  const recall = (map: Map<string, Known>, key: string): string | null | undefined => {
    const known = map.get(key);
    return known === undefined || known.until <= clock.now() ? undefined : known.value;
  };
  const keep = (map: Map<string, Known>, key: string, value: string | null): string | null => {
    map.set(key, { value, until: clock.now() + KNOWN_MS });
    return value;
  };
  const listed = (user: string): string | null =>
    Object.values(catalog().people).find(({ identities }) => identities['slack'] === user)?.id ?? null;
  const slackId = (person: string): string | null => catalog().people[person]?.identities['slack'] ?? recall(users, person) ?? null;
  const unclear = new Set<string>();
  const profileOf = async (user: string): Promise<Profile | null> => {
    const called = await api.call('users.info', { user });
    if (called.ok || called.failure.outcome === 'dead') unclear.delete(user);
    else unclear.add(user);
    return called.ok ? (called.result['user'] as Profile) : null;
  };
  return {
    slackId,
    name: (person) => catalog().people[person]?.name ?? person,
    isUnclear: (user) => unclear.has(user),
    async learn(asked) {
      let failed: Failure | null = null;
      for (const person of new Set(asked)) {
        const email = catalog().people[person]?.email ?? null;
        if (email === null || slackId(person) !== null || recall(users, person) !== undefined) continue;
        const called = await api.call('users.lookupByEmail', { email });
        if (called.ok) keep(users, person, (called.result['user'] as { id: string }).id);
        else if (called.error === 'users_not_found') keep(users, person, null);
        else failed = called.failure;
      }
      return failed;
    },
    async personOf({ id, team: home }) {
      if (home !== null && team() !== null && home !== team()) return null;
      const known = listed(id) ?? recall(people, id);
      if (known !== undefined) return known;
      const profile = await profileOf(id);
      if (profile === null) return null;
      return keep(people, id, isMember(profile, team()) ? byEmail(catalog, profile.profile?.email) : null);
    },
    async nameOf(user) {
      const known = listed(user) ?? recall(people, user) ?? null;
      if (known !== null) return catalog().people[known]?.name ?? known;
      const profile = await profileOf(user);
      const person = profile !== null && isMember(profile, team()) ? byEmail(catalog, profile.profile?.email) : null;
      if (person !== null) return catalog().people[person]?.name ?? person;
      return profile?.real_name ?? profile?.name ?? user;
    },
  };
}

/** An address is proof of who somebody is only where the company itself gave out the account. */
function isMember(profile: Profile, team: string | null): boolean {
  const { deleted, is_bot, is_restricted, is_ultra_restricted, is_stranger, team_id } = profile;
  if ([deleted, is_bot, is_restricted, is_ultra_restricted, is_stranger].includes(true)) return false;
  return team === null || team_id === undefined || team_id === team;
}

function byEmail(catalog: CurrentCatalog, email: string | undefined): string | null {
  if (email === undefined) return null;
  const wanted = email.toLowerCase();
  // Who has an id in the catalog is that user and no other.
  const found = Object.values(catalog().people).find(
    (person) => person.email?.toLowerCase() === wanted && person.identities['slack'] === undefined,
  );
  return found?.id ?? null;
}

/** Everybody a document names. */
export function peopleIn({ blocks }: Document): readonly string[] {
  const of = (inline: Inline): readonly string[] => inline.flatMap((span) => (span.kind === 'person' ? [span.id] : []));
  return blocks.flatMap((block) => {
    if (block.kind === 'fields') return block.fields.flatMap(({ value }) => of(value));
    if (block.kind === 'list') return block.items.flatMap(of);
    return block.kind === 'heading' || block.kind === 'text' || block.kind === 'quote' ? of(block.text) : [];
  });
}
