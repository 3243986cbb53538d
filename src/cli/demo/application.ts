import { z } from 'zod';
import type { Stage } from './stage.ts';
import { StoryError } from './story-error.ts';

const Evaluation = z.looseObject({ value: z.boolean() });

/** What an application is told when it asks for a switch over OFREP, as any OpenFeature SDK does. */
export async function switchOf({ http, bot }: Stage, id: string): Promise<boolean> {
  const answer = await http({
    method: 'POST',
    url: `${bot.url}/ofrep/v1/evaluate/flags/${id}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ context: { targetingKey: 'shop' } }),
  });
  if (!answer.ok || answer.status !== 200)
    throw new StoryError(`the switches cannot be asked for: ${answer.ok ? answer.status : answer.detail}`);
  return Evaluation.parse(JSON.parse(answer.text)).value;
}
