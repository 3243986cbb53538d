import type { CurrentCatalog } from '../../engine/ports.ts';
import type { Document, Inline } from '../../readings/document.ts';
import type { DiscordApi } from './api.ts';
import type { People } from './markdown.ts';

/** People of the catalog and users of Discord: the same by `identities.discord` alone, as Discord tells bots no e-mail address. */
export interface Directory extends People {
  personOf(user: string): string | null;
  /** What people call a user: the name in the catalog, else the one Discord has. */
  nameOf(user: string): Promise<string>;
}

interface DiscordUser {
  readonly username: string;
  readonly global_name?: string | null;
}

export function createDirectory(api: DiscordApi, catalog: CurrentCatalog): Directory {
  const personOf = (user: string): string | null =>
    Object.values(catalog().people).find(({ identities }) => identities['discord'] === user)?.id ?? null;
  return {
    discordId: (person) => catalog().people[person]?.identities['discord'] ?? null,
    name: (person) => catalog().people[person]?.name ?? person,
    personOf,
    async nameOf(user) {
      const person = personOf(user);
      if (person !== null) return catalog().people[person]?.name ?? person;
      const called = await api.call('GET', `/users/${user}`);
      if (!called.ok) return user;
      const { username, global_name: shown } = called.result as DiscordUser;
      return shown ?? username;
    },
  };
}

/** Discord's ids of everybody a document names. */
export function mentionedIn({ blocks }: Document, { discordId }: People): readonly string[] {
  const of = (inline: Inline): readonly string[] =>
    inline.flatMap((span) => {
      const id = span.kind === 'person' ? discordId(span.id) : null;
      return id === null ? [] : [id];
    });
  const found = blocks.flatMap((block) => {
    if (block.kind === 'fields') return block.fields.flatMap(({ value }) => of(value));
    if (block.kind === 'list') return block.items.flatMap(of);
    return block.kind === 'heading' || block.kind === 'text' || block.kind === 'quote' ? of(block.text) : [];
  });
  return [...new Set(found)];
}
