import { z } from 'zod';
import type { NotificationRule, Person, Team, Urgency } from '../../domain/catalog.ts';
import { duration, Email, form, HttpUrl, Id, Label, named, Phone, section, TimeZone } from '../forms.ts';
import type { Complaint } from '../problem.ts';
import { type Named, type Names, unknownName, unknownNames } from '../references.ts';

/** More ways to be woken than this is a copy gone wrong. */
const RULES_MAX = 20;
const MEMBERS_MAX = 500;
/** Slack's and Discord's user ids have at most 20 characters; leave room for others. */
const IDENTITY_CHARS_MAX = 120;

const Rule = section({
  pager: Id.describe('How: chat, email or webhook.'),
  after: duration(0).prefault('0s').describe('How long after the page began.'),
});
const Rules = z.array(Rule).max(RULES_MAX);

const IDENTITY_FORM = 'the user id of that platform in quotes, such as "U012AB3CD"';
const Identity = z
  .string({ error: form(IDENTITY_FORM) })
  .min(1)
  .max(IDENTITY_CHARS_MAX);

export const RANKS = ['observer', 'responder', 'commander', 'admin'] as const;

export const PersonEntry = section({
  name: Label,
  rank: z.enum(RANKS).prefault('responder').describe('What the person may do; each rank includes the ones before it.'),
  email: Email.optional(),
  phone: Phone.optional().describe('E.164, in quotes; shown in the room when nobody acknowledges a page.'),
  timeZone: TimeZone.optional(),
  webhook: HttpUrl.optional().describe('Where pages go as signed HTTP requests; no secrets in it.'),
  identities: named(Identity).prefault({}).describe('User ids on chat platforms: slack, discord.'),
  notify: section({ high: Rules.optional(), low: Rules.optional() })
    .prefault({})
    .describe('How to wake this person. Without it: chat and e-mail at once, and for high urgency the webhook too.'),
});
export type PersonEntry = z.infer<typeof PersonEntry>;

export const TeamEntry = section({ name: Label, members: z.array(Id).max(MEMBERS_MAX).prefault([]) });
export type TeamEntry = z.infer<typeof TeamEntry>;

export function person(id: string, entry: PersonEntry): Person {
  return {
    id,
    name: entry.name,
    rank: entry.rank,
    email: entry.email ?? null,
    phone: entry.phone ?? null,
    timeZone: entry.timeZone ?? null,
    webhook: entry.webhook ?? null,
    identities: entry.identities,
    notify: { high: rules(entry, 'high'), low: rules(entry, 'low') },
  };
}

/** What the person wrote, or everything the person has an address for. Low urgency leaves out the webhook: it may ring. */
function rules(entry: PersonEntry, urgency: Urgency): readonly NotificationRule[] {
  const written = entry.notify[urgency];
  if (written !== undefined) return written.map(({ pager, after }) => ({ pager, afterMs: after }));
  const pagers = ['chat'];
  if (entry.email !== undefined) pagers.push('email');
  if (entry.webhook !== undefined && urgency === 'high') pagers.push('webhook');
  return pagers.map((pager) => ({ pager, afterMs: 0 }));
}

export function team(id: string, entry: TeamEntry): Team {
  return { id, name: entry.name, members: entry.members };
}

export function peopleComplaints(people: readonly Named<PersonEntry>[], names: Names): readonly Complaint[] {
  return [
    ...people.flatMap(({ path, entry }) => [
      ...Object.keys(entry.identities).flatMap((platform) =>
        unknownName(names, 'knownPlatforms', platform, [...path, 'identities', platform]),
      ),
      ...(['high', 'low'] as const).flatMap((urgency) =>
        (entry.notify[urgency] ?? []).flatMap((rule, index) =>
          unknownName(names, 'pagers', rule.pager, [...path, 'notify', urgency, index, 'pager']),
        ),
      ),
    ]),
    ...sharedIdentities(people),
  ];
}

/** One platform user who is two people here would act in the wrong name. */
function sharedIdentities(people: readonly Named<PersonEntry>[]): readonly Complaint[] {
  const holders = new Map<string, string>();
  return people.flatMap(({ id, path, entry }) =>
    Object.entries(entry.identities).flatMap(([platform, user]) => {
      const key = `${platform} ${user}`;
      const holder = holders.get(key);
      if (holder === undefined) holders.set(key, id);
      return holder === undefined
        ? []
        : [
            {
              path: [...path, 'identities', platform],
              sentence: `\`${holder}\` already has this user id on ${platform}; two people cannot share one.`,
            },
          ];
    }),
  );
}

export function teamsComplaints(teams: readonly Named<TeamEntry>[], names: Names): readonly Complaint[] {
  return teams.flatMap(({ id, path, entry }) => [
    ...(names.people?.has(id) === true
      ? [{ path, atKey: true, sentence: `\`${id}\` is also a person; give the team another id, so that approvers are unambiguous.` }]
      : []),
    ...unknownNames(names, 'people', entry.members, [...path, 'members']),
  ]);
}
