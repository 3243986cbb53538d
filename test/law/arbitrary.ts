import fc from 'fast-check';
import { z } from 'zod';

/** The corner of JSON Schema that zod writes for the data of events and acts. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly propertyNames?: Shape;
  readonly items?: Shape;
  readonly prefixItems?: readonly Shape[];
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Long enough to notice a mistake, short enough to read one. */
const SAMPLE_CHARS_MAX = 12;
const SAMPLE_ITEMS_MAX = 3;
/** About the year 2128: a number that is a moment stays one, and no sum of a few leaves the safe integers. */
const SAMPLE_NUMBER_MAX = 5_000_000_000_000;

/** Values that a schema accepts, whatever else they may be: what the ledger could hold. */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const shape = z.toJSONSchema(schema, { unrepresentable: 'throw' }) as Shape;
  return ofShape(shape).filter((value) => schema.safeParse(value).success);
}

function ofShape(shape: Shape): fc.Arbitrary<unknown> {
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(ofShape));
  switch (shape.type) {
    case 'object':
      return ofObject(shape);
    case 'array':
      return ofArray(shape);
    case 'string':
      return ofString(shape);
    case 'integer':
    case 'number':
      return fc.integer(rangeOf(shape));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case undefined:
      return fc.jsonValue({ maxDepth: 1 });
    default:
      throw new Error(`no samples for the JSON Schema ${JSON.stringify(shape)}`);
  }
}

function ofObject(shape: Shape): fc.Arbitrary<unknown> {
  if (typeof shape.additionalProperties === 'object') {
    const keys = shape.propertyNames === undefined ? ofString({}) : ofShape(shape.propertyNames);
    return fc.dictionary(keys.map(String), ofShape(shape.additionalProperties), { maxKeys: SAMPLE_ITEMS_MAX, noNullPrototype: true });
  }
  const properties = Object.entries(shape.properties ?? {}).map(([key, value]) => [key, ofShape(value)] as const);
  const requiredKeys = shape.required ?? [];
  return fc.record(Object.fromEntries(properties), { requiredKeys: [...requiredKeys], noNullPrototype: true });
}

function ofArray(shape: Shape): fc.Arbitrary<unknown> {
  if (shape.prefixItems !== undefined) return fc.tuple(...shape.prefixItems.map(ofShape));
  const minLength = shape.minItems ?? 0;
  return fc.array(ofShape(shape.items ?? {}), { minLength, maxLength: Math.max(minLength, SAMPLE_ITEMS_MAX) });
}

function ofString(shape: Shape): fc.Arbitrary<string> {
  if (shape.format === 'uri') return ofString({}).map((name) => `https://${name}.example/`);
  if (shape.format === 'email') return ofString({}).map((name) => `${name}@mail.example`);
  if (shape.pattern !== undefined) return fc.stringMatching(new RegExp(shape.pattern, 'u'));
  const min = Math.max(shape.minLength ?? 0, 1);
  const max = Math.min(shape.maxLength ?? SAMPLE_CHARS_MAX, Math.max(min, SAMPLE_CHARS_MAX));
  return fc.stringMatching(new RegExp(`^[a-z]{${min},${max}}$`));
}

function rangeOf(shape: Shape): { min: number; max: number } {
  const min = shape.exclusiveMinimum === undefined ? (shape.minimum ?? 0) : shape.exclusiveMinimum + 1;
  return { min: Math.max(min, -SAMPLE_NUMBER_MAX), max: Math.min(shape.maximum ?? SAMPLE_NUMBER_MAX, SAMPLE_NUMBER_MAX) };
}
