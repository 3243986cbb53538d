import { nearPort } from '../../kit/line.ts';
import { keepLibraryThread, type LibraryThreadPlan } from '../library-thread.ts';
import type { Acknowledge } from './deliveries.ts';
import type { SlackLibrary, SlackLibraryOptions } from './library.ts';

/** What the thread may ask besides: the acknowledgement of a delivery, by the number it was given with. */
export interface Acknowledging {
  acknowledge(delivery: number, content?: unknown): Promise<void>;
}

const SERVICE = new URL('./library-service.ts', import.meta.url);

type ThreadChoices = Partial<Pick<LibraryThreadPlan, 'module' | 'beatMs'>>;

/** Slack's library in a thread of its own: it is not even loaded in this one. */
export function threadSlackLibrary(options: SlackLibraryOptions, { module = SERVICE, ...plan }: ThreadChoices = {}): SlackLibrary {
  const { token, apiUrl, digestChannel, secret, timeoutMs, editEveryMs } = options;
  const waiting = new Map<number, Acknowledge>();
  let deliveries = 0;
  const acknowledging: Acknowledging = { acknowledge: async (delivery, content) => waiting.get(delivery)?.(content) };
  const { ask, askAgain, ...thread } = keepLibraryThread({
    ...options,
    ...plan,
    name: 'slack',
    module,
    settings: { token, apiUrl, digestChannel, secret, timeoutMs, editEveryMs },
    current: options.catalog,
    ports: { acknowledging: nearPort(acknowledging, ['acknowledge']) },
  });
  return {
    ...thread,
    greet: async () => void (await ask('greet', [])),
    async work(body, acknowledge) {
      deliveries += 1;
      const delivery = deliveries;
      waiting.set(delivery, acknowledge);
      await askAgain('work', [delivery, body]).finally(() => waiting.delete(delivery));
    },
  };
}
