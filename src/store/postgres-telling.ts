import type { Pool } from 'pg';
import type { Commit, CommitVerdict, Store } from '../engine/store-port.ts';
import { gathered } from '../kit/gather.ts';
import { type AppendTold, appendText, type Wire } from '../kit/news.ts';
import type { PostgresAppend } from './postgres-append.ts';
import type { Audience } from './postgres-audience.ts';
import { CONSOLE_CHANNEL, LEDGER_CHANNEL, STREAMS_BYTES_MAX } from './postgres-news.ts';

export interface TellingParts {
  readonly append: PostgresAppend['append'];
  /** Our own name among the replicas. */
  readonly replica: string;
  /** For notifications that come after what they tell of. */
  readonly pool: Pool;
  readonly broken: (fault: Error) => void;
}
export interface Telling {
  readonly append: Store['append'];
  /** The other replicas hear that there is something new in this room of the console. Keeps nobody waiting. */
  told(room: string): void;
}

/** What replicas hear without a wire: the statement of an append tells of it when there may be somebody, and a trigger tells of messages. */
export function tellByDatabase(append: TellingParts['append'], audience: Audience): Telling {
  return {
    async append(commits) {
      if (audience.mayListen()) return append(commits);
      const verdicts = await append(commits, false);
      const told = appendTold(commits, verdicts);
      if (told !== null) audience.untold(told.after, told.position);
      return verdicts;
    },
    told: () => undefined,
  };
}

/**
 * Appends are told of on the wire once they are committed, and the database keeps quiet; while the wire is not well, the
 * statement of the append tells of them. What the wire did not take is notified afterwards. No answer waits for any of it.
 */
export function tellByWire(wire: Wire, { append, replica, pool, broken }: TellingParts): Telling {
  // Together, because all that was under way when a wire froze is given up at the same moment.
  const notify = gathered(async (news: readonly (readonly [channel: string, text: string])[]) => {
    const columns = [news.map(([channel]) => channel), news.map(([, text]) => text)];
    // A notification that is lost is found by those who ask how far the ledger is.
    await pool.query(NOTIFY, columns).catch(broken);
    return news;
  });
  /** Tells it by notification when the wire did not take it. */
  async function orNotify(taken: Promise<boolean>, channel: string, text: () => string): Promise<void> {
    if (!(await taken)) await notify([channel, text()]);
  }
  return {
    async append(commits) {
      if (!wire.isWell()) return append(commits);
      const verdicts = await append(commits, false);
      const told = appendTold(commits, verdicts);
      if (told !== null) orNotify(wire.tellAppend(told), LEDGER_CHANNEL, () => appendText(replica, told, STREAMS_BYTES_MAX)).catch(broken);
      return verdicts;
    },
    told(room) {
      const taken = wire.isWell() ? wire.tellMessage(room) : Promise.resolve(false);
      orNotify(taken, CONSOLE_CHANNEL, () => room).catch(broken);
    },
  };
}

const NOTIFY = 'select pg_notify(channel, text) from unnest($1::text[], $2::text[]) as news (channel, text)';

/** What there is to tell of an append; null when it moved nothing on. */
function appendTold(commits: readonly Commit[], verdicts: readonly CommitVerdict[]): AppendTold | null {
  const streams = new Set<string>();
  let after = Number.POSITIVE_INFINITY;
  let position = 0;
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.verdict !== 'committed') continue;
    for (const { stream } of commits[index]?.writes ?? []) streams.add(stream);
    for (const place of verdict.positions) {
      after = Math.min(after, place - 1);
      position = Math.max(position, place);
    }
  }
  return streams.size === 0 ? null : { after: Math.min(after, position), position, streams: [...streams] };
}
