import type { Catalog } from '../catalog.ts';
import type { Context } from '../kernel.ts';
import { definitionOf } from './definition.ts';
import type { SwitchState } from './state.ts';

/** Switches that may not be on together with this one, whichever of the two says so. */
export function conflictsOf(id: string, catalog: Catalog): readonly string[] {
  const own = definitionOf(catalog, id)?.conflicts ?? [];
  const others = Object.values(catalog.switches).filter((other) => other.conflicts.includes(id));
  return [...new Set([...own, ...others.map((other) => other.id)])].filter((other) => other !== id);
}
export function conflictStreams(id: string, catalog: Catalog): readonly string[] {
  return conflictsOf(id, catalog).map((other) => `switch/${other}`);
}

/** A conflicting switch that is on now, or null. Needs the states of `conflictStreams` in the context. */
export function conflictOn(id: string, context: Context): string | null {
  const on = conflictsOf(id, context.catalog).find((other) => {
    const state = context.states.get(`switch/${other}`) as SwitchState | undefined;
    return state !== undefined && state.level > 0;
  });
  return on ?? null;
}
