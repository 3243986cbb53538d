import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AnyDomain } from '../../src/domain/kernel.ts';

/** `incident.declared@1` → fingerprint of the shape of its data. */
export type EventShapes = Readonly<Record<string, string>>;

/**
 * Fingerprints of all event shapes as the code has them now: SHA-256 over the JSON Schema with sorted keys, so that the
 * order in which a shape lists its fields does not matter.
 */
export function eventShapes(domains: readonly AnyDomain[]): EventShapes {
  const shapes: Record<string, string> = {};
  for (const domain of domains) {
    for (const [type, row] of Object.entries(domain.events)) shapes[`${type}@${row.schema}`] = fingerprint(row.data);
  }
  return shapes;
}

export interface ShapeVerdict {
  /** Published shapes that look different now. */
  readonly changed: readonly string[];
  /** Published types that nobody tells of any more. */
  readonly vanished: readonly string[];
  /** Shapes not published yet. */
  readonly added: readonly string[];
}

/** Compares what was published with what is there: facts are added, never edited. */
export function compareShapes(published: EventShapes, present: EventShapes): ShapeVerdict {
  const newest = new Map<string, number>();
  for (const key of Object.keys(present)) newest.set(typeOf(key), schemaOf(key));
  return {
    changed: Object.keys(published).filter((key) => present[key] !== undefined && present[key] !== published[key]),
    vanished: Object.keys(published).filter((key) => (newest.get(typeOf(key)) ?? 0) < schemaOf(key)),
    added: Object.keys(present).filter((key) => published[key] === undefined),
  };
}

function typeOf(key: string): string {
  return key.slice(0, key.indexOf('@'));
}

function schemaOf(key: string): number {
  return Number(key.slice(key.indexOf('@') + 1));
}

function fingerprint(schema: z.ZodType): string {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, { unrepresentable: 'throw' });
  return createHash('sha256')
    .update(JSON.stringify(sorted(shape)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
