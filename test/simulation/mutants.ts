import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { AskedAct, Effect } from '../../src/domain/kernel.ts';
import type { Outcome, Pager } from '../../src/engine/ports.ts';
import type { Commit, CommitVerdict, Store, StreamWrite } from '../../src/engine/store-port.ts';
import type { Tables } from '../../src/store/tables.ts';
import type { FarEnds } from './far-ends.ts';
import type { Faults } from './faults.ts';
import type { Life } from './life.ts';

/** What a planted bug may get its hands on. */
export interface Reach {
  readonly core: Store;
  readonly life: Life;
  readonly farEnds: FarEnds;
  readonly number: number;
}
/** A bug planted on purpose: a simulator that does not find it is blind there. */
export interface Mutant {
  /** What somebody might have got wrong. */
  readonly about: string;
  /** The store as the replica finds it. */
  readonly reach?: (reach: Reach) => Store;
  /** The wire to it. */
  readonly wire?: (store: Store, life: Life, faults: Faults) => Store;
  readonly pager?: (pager: Pager) => Pager;
  readonly skewMs?: (number: number) => number;
  readonly blind?: boolean;
  /** A replica begins another life. */
  readonly born?: (number: number) => void;
  /** What becomes of what a person asks, given the request of that switch that is open. */
  readonly ask?: (act: AskedAct, openRequest: string | null) => AskedAct;
}
export type MutantMaker = (database: Kysely<Tables>) => Mutant;

const withOutbox = (store: Store, outbox: Partial<Store['outbox']>): Store => ({ ...store, outbox: { ...store.outbox, ...outbox } });

export const MUTANTS: Readonly<Record<string, MutantMaker>> = {
  'no-fences': (database) => ({
    about: 'whoever once took an effect may still say what came of it',
    reach: ({ core }) => ({
      ...withOutbox(core, {
        async settle(settlements) {
          for (const { effect, state } of settlements) await force(database, effect, state, null);
          return settlements.map(() => true);
        },
        async release({ effect, dueAt }) {
          await force(database, effect, 'pending', dueAt);
          return true;
        },
      }),
      async append(commits) {
        for (const { settle } of commits) if (settle !== null) await claimFor(database, settle.effect, settle.fence);
        return core.append(commits);
      },
    }),
  }),
  'two-transactions': (database) => ({
    about: 'events in one transaction, the effects they entail in another',
    wire: (store, life, faults) => ({
      ...store,
      async append(commits) {
        const verdicts = await store.append(commits.map((commit) => ({ ...commit, effects: [] })));
        const crash = faults.strikes('crash-calls', 0.02) || faults.strikes('crash-moments', 0.02) ? 'before' : null;
        await life.call('second transaction', { latencyMs: 1, failure: null, crash }, () => insertEffects(database, commits, verdicts));
        return verdicts;
      },
    }),
  }),
  'settled-before-sent': () => ({
    about: 'at most once: the outbox row is settled when it is taken',
    reach: ({ core }) => ({
      ...withOutbox(core, {
        async claim(request) {
          const rows = await core.outbox.claim(request);
          await core.outbox.settle(rows.map(({ id, fence }) => ({ effect: id, fence, state: 'done', reason: null, detail: null })));
          return rows;
        },
        settle: async (settlements) => settlements.map(() => true),
        release: async () => true,
      }),
      append: (commits) => core.append(commits.map((commit) => ({ ...commit, settle: null }))),
    }),
  }),
  'no-inbox': () => ({
    about: 'a repeated delivery is taken for another one',
    reach: ({ core }) => ({
      ...core,
      answered: async () => null,
      append: (commits) => core.append(commits.map((commit) => ({ ...commit, inbox: null }))),
    }),
  }),
  'no-leases': (database) => ({
    about: 'what somebody is doing is given to the next who asks',
    reach: ({ core }) =>
      withOutbox(core, {
        async claim(request) {
          await database
            .updateTable('effects')
            .set({ ready_at: request.now })
            .where('lane', '=', request.lane)
            .where('state', '=', 'claimed')
            .where('ready_at', '>', request.now)
            .execute();
          return core.outbox.claim(request);
        },
      }),
  }),
  'unknown-is-done': () => ({
    about: 'no answer is taken for a yes',
    pager: answering((outcome) => (outcome.outcome === 'unknown' ? { outcome: 'done' } : outcome)),
  }),
  'unknown-is-dead': () => ({
    about: 'no answer is taken for a no',
    pager: answering((outcome) => (outcome.outcome === 'unknown' ? { ...outcome, outcome: 'dead' } : outcome)),
  }),
  'timers-in-memory': (database) => timersInMemory(database),
  'approval-not-bound': () => ({
    about: 'a yes to one request counts for whichever is open',
    ask: (act, open) => (act.type === 'switch.approve' && open !== null ? { ...act, request: open } : act),
  }),
  'local-clocks': () => ({ about: 'every replica goes by its own clock, minutes apart', skewMs: (number) => number * 180_000 }),
  'no-look-before-sending': () => ({ about: 'a page is sent as it was taken, whatever was acknowledged since', reach: rashly }),
  'last-write-wins': (database) => writingOver(database, 'a decision made on an old state is written all the same', () => true),
  'shared-numbers': (database) =>
    writingOver(
      database,
      'a declaration goes on with the incident that took its number meanwhile',
      ({ entries }) => entries[0]?.type === 'incident.declared',
    ),
  'blind-after-sleep': () => ({ about: 'a worker that slept through its lease does not notice', blind: true }),
};

async function force(database: Kysely<Tables>, id: string, state: string, readyAt: number | null): Promise<void> {
  await database.updateTable('effects').set({ state, ready_at: readyAt, lease_until: null }).where('id', '=', id).execute();
}

async function claimFor(database: Kysely<Tables>, id: string, fence: number): Promise<void> {
  await database.updateTable('effects').set({ state: 'claimed', fence }).where('id', '=', id).execute();
}

async function insertEffects(database: Kysely<Tables>, commits: readonly Commit[], verdicts: readonly CommitVerdict[]): Promise<void> {
  for (const [index, { effects }] of commits.entries()) {
    const verdict = verdicts[index];
    if (verdict?.verdict !== 'committed') continue;
    for (const { entry, number, lane, dueAt, body, coalesce, sequence } of effects) {
      const position = verdict.positions[entry] as number;
      const row = {
        id: `${position}-${number}`,
        position,
        number,
        lane,
        due_at: dueAt,
        ready_at: dueAt,
        state: 'pending',
        coalesce,
        sequence,
      };
      await database
        .insertInto('effects')
        .values({ ...row, body: JSON.stringify(body), incident: null })
        .execute();
    }
  }
}

function answering(change: (outcome: Outcome) => Outcome): (pager: Pager) => Pager {
  return (pager) => ({ ...pager, page: async (notice, attempt) => change(await pager.page(notice, attempt)) });
}

function timersInMemory(database: Kysely<Tables>): Mutant {
  const owners = new Map<string, number>();
  const lost = new Set<string>();
  return {
    about: 'timers live in the process that set them',
    born(number) {
      for (const [id, owner] of owners) if (owner === number) lost.add(id);
    },
    reach: ({ core, number }) => ({
      ...withOutbox(core, {
        async claim(request) {
          for (const id of lost)
            await database.updateTable('effects').set({ ready_at: null }).where('id', '=', id).where('state', '=', 'pending').execute();
          lost.clear();
          return core.outbox.claim(request);
        },
      }),
      async append(commits) {
        const verdicts = await core.append(commits);
        for (const id of timersOf(commits, verdicts)) owners.set(id, number);
        return verdicts;
      },
    }),
  };
}

function timersOf(commits: readonly Commit[], verdicts: readonly CommitVerdict[]): readonly string[] {
  return commits.flatMap(({ effects }, index) => {
    const verdict = verdicts[index];
    if (verdict?.verdict !== 'committed') return [];
    const timers = effects.filter(({ body }) => body.kind === 'ask' && body.dueAt !== undefined);
    return timers.map(({ entry, number }) => `${verdict.positions[entry]}-${number}`);
  });
}

/** Pages as soon as it has taken the effect, and looks at nothing. */
function rashly({ core, life, farEnds }: Reach): Store {
  const pagers = new Map(farEnds.pagers(life).map((pager) => [pager.name, pager]));
  return withOutbox(core, {
    async claim(request) {
      const rows = await core.outbox.claim(request);
      if (request.lane !== 'pages') return rows;
      for (const { id, fence, body, attempts } of rows) {
        const { page, person, notification, pager } = body as Extract<Effect, { kind: 'page.notify' }>;
        const notice = { page, person: { id: person }, acknowledgeUrl: notification } as never;
        void pagers.get(pager)?.page(notice, { key: id, number: attempts, signal: new AbortController().signal });
        await core.outbox.settle([{ effect: id, fence, state: 'done', reason: null, detail: null }]);
      }
      // Kept here, so nobody else has anything to do with them.
      return [];
    },
  });
}

/** Writes over whatever others have written since it looked, where `isRash` says so. */
function writingOver(database: Kysely<Tables>, about: string, isRash: (write: StreamWrite) => boolean): Mutant {
  const versionOf = async (stream: string): Promise<number> =>
    (await database.selectFrom('streams').select('version').where('stream', '=', stream).executeTakeFirst())?.version ?? 0;
  async function moved(write: StreamWrite): Promise<StreamWrite> {
    if (!isRash(write)) return write;
    const version = await versionOf(write.stream);
    const entries = write.entries.map((entry, index) => ({ ...entry, version: version + index + 1 }));
    return { ...write, expectedVersion: version, entries };
  }
  return {
    about,
    reach: ({ core }) => ({
      ...core,
      async append(commits) {
        const verdicts: CommitVerdict[] = [];
        for (const commit of commits) {
          const writes = await Promise.all(commit.writes.map(moved));
          verdicts.push(...(await core.append([{ ...commit, writes, reads: commit.writes.some(isRash) ? [] : (commit.reads ?? []) }])));
        }
        return verdicts;
      },
    }),
  };
}

/** The request of a switch that is open now. */
export async function openRequest(database: Kysely<Tables>, id: string): Promise<string | null> {
  const row = await database
    .selectFrom('streams')
    .select(sql<string | null>`json_extract(state, '$.pending.request')`.as('request'))
    .where('stream', '=', `switch/${id}`)
    .executeTakeFirst();
  return row?.request ?? null;
}
