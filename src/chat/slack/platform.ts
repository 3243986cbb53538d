import type { Platform } from '../../engine/ports.ts';
import { within } from '../../kit/deadline.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { createPace, type Pace } from '../../kit/pace.ts';
import { createIntake } from '../intake.ts';
import { bodyOf, createDeliveries, type Deliveries, isSigned, type SlackAnswer, type SlackRequest } from './deliveries.ts';
import type { MakeSlackLibrary, SlackLibraryOptions } from './library.ts';
import { connectSocket, type Socket } from './socket.ts';

export interface SlackOptions extends Omit<SlackLibraryOptions, 'hear' | 'pace'> {
  /** How soon Slack may be asked again, shared with the other replicas; absent where there are none. */
  readonly pace?: Pace;
  /** Socket Mode when there is one, else signed requests to `receive`. */
  readonly appToken: string | null;
  readonly signingSecret: string | null;
}
export interface SlackPlatform extends Platform {
  readonly name: 'slack';
  /** Answers one HTTP request of Slack: events, interactions and commands come to the same place. */
  receive(request: SlackRequest): Promise<SlackAnswer>;
  /** Nothing is delivered any more. */
  close(): Promise<void>;
}

/** Slack is waited for so long at the start; it is heard as soon as it is there. */
const START_MS_MAX = 10 * SECOND_MS;

/** Slack as a chat world. What people do is received, written down and acknowledged here; its library does the rest, wherever it is. */
export function createSlackPlatform(options: SlackOptions, makeLibrary: MakeSlackLibrary): SlackPlatform {
  const { notes, clock, bug, appToken } = options;
  const intake = createIntake();
  const library = makeLibrary({ pace: createPace(clock), ...options, hear: async (heard) => intake.hear(heard) });
  const deliveries = createDeliveries({ notes, clock, bug, process: library.work });
  let socket: Socket | null = null;
  return {
    name: 'slack',
    async start(hear) {
      intake.open(hear);
      const begun = library.greet().catch(bug).then(deliveries.replay);
      await within(begun, START_MS_MAX, clock).catch(bug);
      if (appToken !== null) socket = await connectSocket({ ...options, appToken, take: deliveries.take });
    },
    async stop() {
      await socket?.stop();
      deliveries.stop();
      intake.close();
    },
    deliver: library.deliver,
    groups: library.groups,
    receive: (request) => receive(options, deliveries, request),
    close: library.stop,
  };
}

async function receive(options: SlackOptions, deliveries: Deliveries, request: SlackRequest): Promise<SlackAnswer> {
  const { signingSecret, clock, bug } = options;
  if (signingSecret === null || !isSigned(signingSecret, request, clock.now())) return { status: 401, body: '' };
  const body = bodyOf(request.body);
  if (body === null) return { status: 400, body: '' };
  if (body['type'] === 'url_verification') return { status: 200, body: String(body['challenge']) };
  return new Promise((resolve) => {
    const acknowledge = async (content?: unknown): Promise<void> => {
      const text = typeof content === 'string' ? content : content === undefined ? '' : JSON.stringify(content);
      resolve({ status: 200, body: text });
      // Work begins once the answer is on its way: whoever acknowledged waits one turn of the event loop.
      await new Promise((turn) => setImmediate(turn));
    };
    deliveries.take(body, acknowledge).then(
      // Whatever became of it, it was taken: Slack need not send it again.
      () => resolve({ status: 200, body: '' }),
      (fault) => {
        bug(fault);
        resolve({ status: 503, body: '' });
      },
    );
  });
}
