import type { AskedAct } from '../../domain/kernel.ts';
import { NAME_CHARS_MAX, TEXT_CHARS_MAX } from '../../domain/limits.ts';
import { redact } from '../../kit/redaction.ts';
import { shorten } from '../../kit/shorten.ts';
import type { Heard, Reply } from '../ports.ts';
import { whichIncident } from './asking.ts';
import type { HearPorts, Known } from './hear-ports.ts';
import { refusal, told } from './reply.ts';

/** A message is taken to the timeline, or withdrawn from it. */
export async function hearPin(ports: HearPorts, heard: Known, said: Extract<Heard['said'], { kind: 'pin' }>): Promise<Reply> {
  if (heard.incident === null) return refusal(ports, await whichIncident(ports));
  const { message, author, at, url } = said;
  const place = { incident: heard.incident, platform: heard.platform, message };
  const asked: AskedAct = said.pinned
    ? { type: 'incident.pin', ...place, text: quotable(said.text), author: shorten(author, NAME_CHARS_MAX), saidAt: at, url }
    : { type: 'incident.unpin', ...place };
  const answered = await ports.submit({ act: asked, actor: `person:${heard.person}`, key: heard.key });
  return told(ports, null, {}, answered, heard.incident);
}

/** Messages may be far longer than a line of the timeline, and a picture has no words at all. */
function quotable(text: string): string {
  return shorten(redact(text.toWellFormed()).trim(), TEXT_CHARS_MAX) || '(no text)';
}

/** What was pinned reads otherwise now. Allclear saw it, nobody asked for it: it is an act of its own. */
export async function hearEdited(ports: HearPorts, heard: Heard, said: Extract<Heard['said'], { kind: 'edited' }>): Promise<Reply> {
  const { incident, platform, key } = heard;
  if (incident === null) return { ok: true, quiet: true, document: { blocks: [] } };
  const text = said.text === null ? null : quotable(said.text);
  const act = { type: 'incident.recapture', incident, platform, message: said.message, text };
  const answered = await ports.submit({ act, actor: 'allclear', key });
  return told(ports, null, {}, answered, incident);
}
