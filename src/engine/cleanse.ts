import type { Actor, AskedAct } from '../domain/kernel.ts';
import { redact } from '../kit/redaction.ts';

/** How sentences of ours name a person; in anybody else's words it would mention somebody who was not meant to be called. */
const MENTION = /<(@[^<>\s]{1,80})>/g;

/**
 * Takes secrets out of what people and webhooks say before anything is decided or stored. Follow-ups and timers carry
 * only what was cleansed when it came in. Mentions become plain names, and broken surrogate pairs, which no canonical JSON
 * can hold, are mended.
 */
export function cleanse(act: AskedAct, actor: Actor): AskedAct {
  if (actor === 'clock' || actor === 'allclear') return act;
  // The type is a name of ours, and looking whether it holds a secret costs more than all the rest.
  const { type, ...words } = act;
  return { type, ...(cleanseValue(words) as object) };
}

function cleanseValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value.toWellFormed().replace(MENTION, '$1'));
  if (Array.isArray(value)) return value.map(cleanseValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleanseValue(inner)]));
}
