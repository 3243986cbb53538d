import type { Pace } from '../../kit/pace.ts';
import type { SlackApi } from './api.ts';

/** Limits of these count for each channel of their own (https://docs.slack.dev/apis/web-api/rate-limits); the others for the method. */
const PER_CHANNEL: ReadonlySet<string> = new Set(['chat.postMessage', 'chat.update', 'chat.postEphemeral', 'chat.delete']);

/**
 * The same API, which asks no queue again before Slack said it may: a queue is a method, or a method in one channel. Being asked to
 * wait is no failure. Whoever must not wait for others has an API of their own.
 */
export function pacedApi(api: SlackApi, pace: Pace): SlackApi {
  return {
    async call(method, args = {}) {
      const queue = `slack ${PER_CHANNEL.has(method) ? `${method} ${String(args['channel'])}` : method}`;
      const waitMs = await pace.ask(queue);
      if (waitMs > 0) return { ok: false, error: 'ratelimited', failure: wait(method, waitMs) };
      const called = await api.call(method, args);
      if (called.ok || called.failure.reason !== 'rate_limited' || !('afterMs' in called.failure)) return called;
      const { afterMs = 0 } = called.failure;
      await pace.hold(queue, afterMs);
      return { ...called, failure: wait(method, afterMs) };
    },
  };
}

function wait(method: string, afterMs: number) {
  return { outcome: 'later', reason: 'rate_limited', detail: `${method}: too many requests`, afterMs: Math.ceil(afterMs) } as const;
}
