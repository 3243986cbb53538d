import { z } from 'zod';
import type { Settings } from '../../config/environment.ts';
import { createHttpClient, type HttpAnswer, type HttpClient, type HttpRequest } from '../../kit/http.ts';
import { systemRandomness, token } from '../../kit/randomness.ts';
import type { RunningBot } from '../../main.ts';
import { runningBot } from '../running.ts';
import { openFarEnds, type Rang } from './far-ends.ts';
import { openHouse } from './house.ts';
import { createScript, type Script } from './script.ts';
import { type StoryClock, storyClock } from './story-clock.ts';
import { StoryError } from './story-error.ts';

/** A real bot on a data directory of its own, real listeners around it, and a clock that is in a hurry. */
export interface Stage {
  readonly bot: RunningBot;
  readonly settings: Settings;
  readonly script: Script;
  /** Everything that rang so far. */
  readonly rings: readonly Rang[];
  /** A person types a command line; answers what came back. A refusal ends the story unless it is expected. */
  types(person: string, words: string, expected?: 'refused'): Promise<string>;
  /** A person says something in the room that is no command, and somebody else pins it. */
  saysAndPins(person: string, text: string, pinnedBy: string): Promise<void>;
  http(request: HttpRequest): Promise<HttpAnswer>;
  /** Lets time go by, with everything due in it. */
  pass(ms: number): Promise<void>;
  /** Milliseconds since 1970, in the story. */
  now(): number;
  /** Until nothing is under way any more. */
  settled(): Promise<void>;
  /** Says that it is so, or ends the story. */
  proves(isSo: boolean, what: string): void;
  /** Stops the bot and its surroundings; may be called again. */
  close(): Promise<void>;
}

/** Thursday, 2:58 in the morning in Berlin: Bo has the pager for payments, Eli in America that of the platform. */
const STORY_STARTS_AT = Date.parse('2026-03-05T01:58:00Z');
/** Everything here happens on this machine; what takes longer hangs. */
const PATIENCE_MS = 10_000;

export async function openStage(write: (text: string) => void): Promise<Stage> {
  const clock = storyClock(STORY_STARTS_AT);
  const rings: Rang[] = [];
  const secret = token(systemRandomness);
  let tell = (_ring: Rang): void => undefined;
  const farEnds = await openFarEnds(secret, clock, (ring) => {
    rings.push(ring);
    tell(ring);
  });
  const { bot, settings } = await openHouse(clock, secret, farEnds);
  const script = createScript(write, clock, bot.composed.catalog);
  tell = ({ by, to, subject }) => script.seen(`${by} to ${to}: ${subject}`);
  const stage = { bot, settings, script, rings };
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await bot.stop();
    await farEnds.close();
  };
  return {
    ...stage,
    ...actions(stage, clock),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

type Setting = Pick<Stage, 'bot' | 'settings' | 'script' | 'rings'>;

function actions({ bot, settings, script }: Setting, clock: StoryClock): Omit<Stage, keyof Setting | 'close'> {
  const { composed, url } = bot;
  const client = createHttpClient({ allow: [new URL(url).host], timeoutMs: PATIENCE_MS });
  const api = { client, url, token: runningBot(settings.dataDirectory)?.token ?? '' };
  const narrator = createNarrator(bot, script);
  const settled = async (): Promise<void> => {
    const until = performance.now() + PATIENCE_MS;
    // Calm for two turns of the event loop: what was begun has been played to its end.
    for (let calm = 0; calm < 2; calm = composed.bot.busy() ? 0 : calm + 1) {
      if (performance.now() > until) throw new StoryError('something is still under way and does not end');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await narrator.caughtUp();
  };
  return {
    now: clock.now,
    settled,
    http: (request) => client.request(request),
    async types(person, words, expected) {
      script.does(person, `types  ${words}`);
      const { ok, text } = await ask(api, person, words);
      await settled();
      if (ok === (expected === 'refused')) throw new StoryError(`"${words}" was answered: ${text}`);
      if (!ok) script.answered(text.split('\n')[0] ?? '');
      return text;
    },
    async saysAndPins(person, text, pinnedBy) {
      script.does(person, `says in the room: ${text}`);
      const message = await composed.chat.post({ key: `demo ${text}`, incident: 1, person, text });
      script.does(pinnedBy, 'pins it');
      const author = composed.catalog().people[person]?.name ?? person;
      const said = { kind: 'pin', pinned: true, message, text, author, at: clock.now(), url: null } as const;
      const delivery = { key: `pin ${message}`, person: pinnedBy, userName: pinnedBy, incident: 1, said };
      const reply = await composed.chat.hear(delivery);
      await settled();
      if (reply?.ok !== true) throw new StoryError('the message could not be pinned');
    },
    async pass(ms) {
      await settled();
      await clock.pass(ms, () => composed.bot.busy());
      await settled();
    },
    proves(isSo, what) {
      if (!isSo) throw new StoryError(`This was not so: ${what}`);
      script.proved(what);
    },
  };
}

const Answer = z.looseObject({ ok: z.boolean(), text: z.string() });

/** The same door as `allclear say`. */
async function ask(
  api: { readonly client: HttpClient; readonly url: string; readonly token: string },
  person: string,
  words: string,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ words, as: person });
  const answered = await api.client.request({ method: 'POST', url: `${api.url}/api/v1/commands`, headers, body });
  if (!answered.ok) throw new StoryError(`the bot does not answer: ${answered.detail}`);
  const answer = Answer.safeParse(JSON.parse(answered.text));
  if (!answer.success) throw new StoryError(`"${words}" was answered with status ${answered.status}: ${answered.text}`);
  return { ok: answer.data.ok, text: answer.data.text.trim() };
}

/** Reads the ledger along while it grows, line by line. */
function createNarrator({ composed }: RunningBot, script: Script): { caughtUp(): Promise<void> } {
  let told = 0;
  let reading: Promise<void> = Promise.resolve();
  const read = async (): Promise<void> => {
    const lines = await composed.bot.readings.timeline(1);
    for (const { text } of lines.filter(({ position }) => position > told)) script.became(text);
    told = Math.max(told, ...lines.map(({ position }) => position));
  };
  composed.bot.onCommit(() => {
    reading = reading.then(read);
  });
  return { caughtUp: () => reading };
}
