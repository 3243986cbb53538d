import type { Actor, AskedAct } from '../domain/kernel.ts';
import { redact } from '../kit/redaction.ts';

/**
 * Takes secrets out of what people and webhooks say before anything is decided or stored. Follow-ups and timers carry
 * only what was cleansed when it came in. Also mends broken surrogate pairs, which no canonical JSON can hold.
 */
export function cleanse(act: AskedAct, actor: Actor): AskedAct {
  if (actor === 'clock' || actor === 'allclear') return act;
  return cleanseValue(act) as AskedAct;
}

function cleanseValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value.toWellFormed());
  if (Array.isArray(value)) return value.map(cleanseValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleanseValue(inner)]));
}
