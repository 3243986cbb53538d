import type { Catalog, SwitchDefinition } from '../catalog.ts';

/** The definition of a switch, or null when the catalog has none (any more). */
export function definitionOf(catalog: Catalog, id: string): SwitchDefinition | null {
  // Ids come from people: `constructor` must not find what every object has.
  return Object.hasOwn(catalog.switches, id) ? (catalog.switches[id] ?? null) : null;
}
