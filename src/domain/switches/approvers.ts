import type { Catalog, SwitchDefinition } from '../catalog.ts';
import { APPROVERS_TOLD_MAX } from './limits.ts';

/**
 * Who may approve, review and extend: the people and team members the definition names, without those who may only
 * watch; when it names nobody, everybody of commander rank or above. In the catalog's order.
 */
export function approversOf(definition: SwitchDefinition, catalog: Catalog): readonly string[] {
  const named = new Set(
    definition.approvers.flatMap((id) => (Object.hasOwn(catalog.teams, id) ? (catalog.teams[id]?.members ?? []) : [id])),
  );
  const may = Object.values(catalog.people).filter(({ id, rank }) => {
    if (definition.approvers.length === 0) return rank === 'commander' || rank === 'admin';
    return named.has(id) && rank !== 'observer';
  });
  return may.map(({ id }) => id);
}

/** The first of `people` to be told, and how many more there are. */
export function told(people: readonly string[]): { readonly told: string[]; readonly more: number } {
  return { told: people.slice(0, APPROVERS_TOLD_MAX), more: Math.max(0, people.length - APPROVERS_TOLD_MAX) };
}

/** Names for a sentence: "Ana Lima, Bo Berg". */
export function namesOf(people: readonly string[], catalog: Catalog): string {
  return people.map((id) => catalog.people[id]?.name ?? id).join(', ');
}
