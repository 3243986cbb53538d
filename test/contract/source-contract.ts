import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alert } from '../../src/domain/alerts/alert.ts';
import type { Source } from '../../src/engine/ports.ts';

/** Every way to break one payload: each value in it, one at a time, replaced by something else. */
function broken(payload: unknown, by: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const paths: (string | number)[][] = [];
  const visit = (value: unknown, path: (string | number)[]): void => {
    paths.push(path);
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index]);
    else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(payload, []);
  return fc.tuple(fc.constantFrom(...paths), by).map(([path, value]) => replaced(payload, path, value));
}

function replaced(payload: unknown, [first, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (first === undefined) return value;
  const copy = structuredClone(payload) as Record<string | number, unknown>;
  copy[first] = replaced(copy[first], rest, value);
  return copy;
}

/** What every kind of inbound alert promises. `samples` are recorded payloads by name. */
export function sourceContract(source: Source, samples: Readonly<Record<string, unknown>>): void {
  const read = (payload: unknown): readonly Alert[] | null => {
    const parsed = source.payload.safeParse(payload);
    return parsed.success ? source.alerts(parsed.data) : null;
  };
  const expectGood = (alerts: readonly Alert[] | null): void => {
    for (const alert of alerts ?? []) {
      expect(Alert.parse(alert)).toEqual(alert);
      expect(alert.source).toBe(source.name);
      expect(alert.url ?? 'https://').toMatch(/^https?:\/\//i);
    }
  };

  describe(`the source ${source.name}`, () => {
    it.each(Object.entries(samples))('reads %s into alerts the ledger takes', (_name, payload) => {
      const alerts = read(payload);
      expect(alerts?.length).toBeGreaterThan(0);
      expectGood(alerts);
    });

    it.each(Object.entries(samples))('reads %s the same with keys nobody has heard of', (_name, payload) => {
      expect(read({ ...(payload as object), notification_reason: 'first', later: { deep: [1] } })).toEqual(read(payload));
    });

    it('answers the same for the same, without changing what it was given', () => {
      for (const payload of Object.values(samples)) {
        const before = JSON.stringify(payload);
        expect(read(payload)).toEqual(read(payload));
        expect(JSON.stringify(payload)).toBe(before);
      }
    });

    it('says where a payload is wrong', () => {
      const wrong = source.payload.safeParse({});
      expect(wrong.success).toBe(false);
      expect(wrong.error?.issues.map(({ path }) => path.join('.')).join()).not.toBe('');
    });

    it('never throws and never lets nonsense through, whatever comes', () => {
      const strange = fc.oneof(
        fc.jsonValue(),
        fc.string({ unit: 'binary', maxLength: 5_000 }),
        fc.constantFrom(
          'x'.repeat(100_000),
          '',
          ' ',
          '0001-01-01T00:00:00Z',
          '9999-12-31T23:59:59Z',
          'javascript:alert(1)',
          undefined,
          -1,
          1e300,
        ),
        fc.dictionary(fc.string(), fc.string(), { minKeys: 70, maxKeys: 90 }),
      );
      const payloads = fc.oneof(fc.jsonValue(), ...Object.values(samples).map((payload) => broken(payload, strange)));
      fc.assert(
        fc.property(payloads, (payload) => expectGood(read(payload))),
        { numRuns: 3_000 },
      );
    });

    it('keeps prototypes out of labels', () => {
      const text = JSON.stringify(Object.values(samples)[0]).replaceAll('"alertname"', '"__proto__"');
      const alerts = read(JSON.parse(text)) ?? [];
      expect(alerts.every(({ labels }) => Object.getPrototypeOf(labels) === Object.prototype)).toBe(true);
    });
  });
}
