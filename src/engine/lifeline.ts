import { refusalSentence } from '../domain/registry.ts';
import type { Clock } from '../kit/clock.ts';
import { within } from '../kit/deadline.ts';
import type { Bot } from './bot.ts';
import { type Emergency, holds } from './emergency.ts';
import { createEmergencyReadings } from './emergency-readings.ts';
import { hasToWait, incidentsNamed } from './emergency-words.ts';
import type { Messages } from './messages.ts';
import type { Hear, Heard, Reply, Submission, Submit } from './ports.ts';
import type { EngineReadings } from './readings.ts';
import { type Replayed, replaySpool } from './replay.ts';

/** The ledger is asked this often whether it is there. */
const BEAT_MS = 1_000;
/** What answers later than this is away: nobody waits longer for a declare than for a page to be sent. */
const ANSWER_MS_MAX = 3_000;
/** Deliveries of a spool have this long to finish before it is replayed; what has not finished is owed again. */
const HALT_MS = 5_000;
/** Open incidents of one spool whose rooms are told of it. */
const OPEN_MAX = 100;

export interface LifelineParts<E extends Emergency> {
  readonly main: Bot;
  readonly clock: Clock;
  readonly messages: Messages;
  /** Rejects when the ledger cannot be read and written just now. */
  readonly probe: () => Promise<unknown>;
  /** Takes over what an earlier life on this disk left behind. */
  readonly orphans: () => Promise<readonly E[]>;
  readonly open: () => Promise<E>;
  /** The ledger was there just now: keeps what an emergency will have to know of it. */
  readonly remember: () => Promise<void>;
  readonly told: (news: LifelineNews) => void;
}
export type LifelineNews =
  | { readonly kind: 'away' }
  | { readonly kind: 'back' }
  | ({ readonly kind: 'replayed'; readonly spool: string } & Replayed)
  | { readonly kind: 'trouble'; readonly fault: unknown; readonly where: string };

/** A bot that declares and pages also while its database is away. */
export interface Lifeline<E extends Emergency> {
  readonly hear: Hear;
  readonly submit: Submit;
  readonly readings: EngineReadings;
  readonly onCommit: Bot['onCommit'];
  isAway(): boolean;
  /** The emergency whose incident this is, while there is one; without a number the first. */
  emergency(incident?: number): E | null;
  start(): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

interface Life<E> {
  away: boolean;
  emergencies: readonly { readonly emergency: E; readonly bot: Bot }[];
  /** Going away or coming back just now. */
  turning: Promise<void> | null;
  stopped: boolean;
  readonly lost: Set<() => void>;
  readonly watchers: Set<() => void>;
  /** `<spool> <incident>` whose room was told. */
  readonly toldRooms: Set<string>;
}

export function createLifeline<E extends Emergency>(parts: LifelineParts<E>): Lifeline<E> {
  const life: Life<E> = {
    away: false,
    emergencies: [],
    turning: null,
    stopped: false,
    lost: new Set(),
    watchers: new Set(),
    toldRooms: new Set(),
  };
  const { main, clock } = parts;
  let cancel = (): void => undefined;
  let looking: Promise<void> | null = null;

  const look = (): Promise<void> => {
    looking ??= lookOnce(parts, life).finally(() => {
      looking = null;
    });
    return looking;
  };
  const beat = (): void => {
    const again = (): void => {
      if (!life.stopped) cancel = clock.alarm(clock.now() + BEAT_MS, beat);
    };
    look().then(again, again);
  };
  const find = (incident?: number) => life.emergencies.find(({ emergency }) => incident === undefined || holds(emergency.spool, incident));
  return {
    hear: (heard) => hear(parts, life, look, heard),
    submit: (submission) => submit(parts, life, submission),
    readings: createEmergencyReadings(main.readings, () =>
      life.away ? life.emergencies.map(({ bot, emergency }) => ({ bot, emergency })) : null,
    ),
    onCommit(see) {
      const end = main.onCommit(see);
      life.watchers.add(see);
      return () => {
        end();
        life.watchers.delete(see);
      };
    },
    isAway: () => life.away,
    emergency: (incident) => find(incident)?.emergency ?? null,
    async start() {
      await look();
      if (!life.away) await bringBack(parts, life, await parts.orphans());
      cancel = clock.alarm(clock.now() + BEAT_MS, beat);
    },
    async stop(graceMs) {
      life.stopped = true;
      cancel();
      await looking;
      cancel();
      for (const { emergency } of life.emergencies) {
        await emergency.halt(graceMs);
        await emergency.close();
      }
    },
  };
}

/** Asks the ledger once; turns when the answer is another one than before. */
async function lookOnce<E extends Emergency>(parts: LifelineParts<E>, life: Life<E>): Promise<void> {
  const there = await isThere(parts);
  if (life.stopped) return;
  try {
    if (there === life.away) {
      const turning = there ? comeBack(parts, life) : goAway(parts, life);
      life.turning = turning.catch(() => undefined);
      await turning;
    } else if (there) await parts.remember();
    else for (const one of life.emergencies) await tellRooms(life, one);
  } catch (fault) {
    parts.told({ kind: 'trouble', fault, where: there ? 'coming back to the database' : 'going on without the database' });
  } finally {
    life.turning = null;
  }
}

function isThere<E extends Emergency>({ probe, clock }: LifelineParts<E>): Promise<boolean> {
  return within(probe(), ANSWER_MS_MAX, clock).then(
    () => true,
    () => false,
  );
}

async function goAway<E extends Emergency>(parts: LifelineParts<E>, life: Life<E>): Promise<void> {
  const orphans = await parts.orphans();
  const emergencies = orphans.length > 0 ? orphans : [await parts.open()];
  life.emergencies = await Promise.all(emergencies.map((emergency) => begin(life, emergency)));
  life.away = true;
  parts.told({ kind: 'away' });
  for (const tell of life.lost) tell();
}

async function begin<E extends Emergency>(life: Life<E>, emergency: E): Promise<{ readonly emergency: E; readonly bot: Bot }> {
  const bot = await emergency.resume();
  bot.onCommit(() => {
    for (const see of life.watchers) see();
  });
  return { emergency, bot };
}

async function comeBack<E extends Emergency>(parts: LifelineParts<E>, life: Life<E>): Promise<void> {
  for (const one of life.emergencies) await tellRooms(life, one);
  await bringBack(
    parts,
    life,
    life.emergencies.map(({ emergency }) => emergency),
  );
  life.away = false;
  life.emergencies = [];
  parts.told({ kind: 'back' });
}

/** All of them into the ledger. When the database goes away again in the middle, those that are left go on. */
async function bringBack<E extends Emergency>(parts: LifelineParts<E>, life: Life<E>, emergencies: readonly E[]): Promise<void> {
  for (const emergency of emergencies) {
    await emergency.halt(HALT_MS);
    try {
      await bringOne(parts, emergency);
      await emergency.discard();
    } catch (fault) {
      if (!(await isThere(parts))) {
        const rest = life.emergencies.filter((one) => one.emergency !== emergency);
        life.emergencies = [await begin(life, emergency), ...rest];
        throw fault;
      }
      // The ledger is there and does not take it: it stays on the disk for somebody to look at, and the others go on.
      parts.told({ kind: 'trouble', fault, where: `the spool ${emergency.spool.name}, which stays on the disk` });
      await emergency.close();
    }
    life.emergencies = life.emergencies.filter((one) => one.emergency !== emergency);
  }
  parts.main.door.states.forgetAll();
  parts.main.sweep();
}

async function bringOne<E extends Emergency>({ main, told }: LifelineParts<E>, emergency: E): Promise<void> {
  const { spool } = emergency;
  if ((await spool.store.head()).position === 0) return;
  await emergency.bringNotes();
  const replayed = await replaySpool(spool, main.store);
  const { entries, head, incidents, twins } = replayed;
  for (const { ours, other } of twins) await joinTwins(main, spool.name, ours, other);
  for (const incident of incidents) {
    const act = { type: 'incident.replay', incident, spool: spool.name, entries, head, spooledAt: spool.begunAt };
    await main.door.submit({ act, actor: 'allclear', key: `${spool.name} replayed ${incident}` });
  }
  told({ kind: 'replayed', spool: spool.name, ...replayed });
}

/** One incident, though two ledgers heard of it: the one whose pages people answered stays. */
async function joinTwins(main: Bot, spool: string, ours: number, other: number): Promise<void> {
  const merge = { type: 'incident.merge', incident: other, into: ours };
  const merged = await main.door.submit({ act: merge, actor: 'allclear', key: `${spool} twin ${other}` });
  if (merged.ok) return;
  const cancel = { type: 'incident.cancel', incident: other, reason: `the same as inc-${ours}, which is over` };
  await main.door.submit({ act: cancel, actor: 'allclear', key: `${spool} canceled ${other}` });
}

/** Rooms opened meanwhile are told that the database is away: by whoever declared, also an alert. */
async function tellRooms<E extends Emergency>(life: Life<E>, { emergency, bot }: Life<E>['emergencies'][number]): Promise<void> {
  const { name: spool } = emergency.spool;
  for (const { number: incident } of await bot.readings.incidents({ open: true, limit: OPEN_MAX })) {
    const key = `${spool} ${incident}`;
    if (life.toldRooms.has(key)) continue;
    await bot.submit({ act: { type: 'incident.spool', incident, spool }, actor: 'allclear', key: `${key} spooled` });
    life.toldRooms.add(key);
  }
}

async function hear<E extends Emergency>(parts: LifelineParts<E>, life: Life<E>, look: () => Promise<void>, heard: Heard): Promise<Reply> {
  await life.turning;
  if (life.away) return hearInEmergency(parts, life, heard);
  const { promise: lost, resolve } = Promise.withResolvers<null>();
  const tell = (): void => resolve(null);
  life.lost.add(tell);
  try {
    const answered = parts.main.hear(heard).then(
      (reply) => ({ reply }),
      (fault: unknown) => ({ fault }),
    );
    const first = await Promise.race([answered, lost]);
    if (first !== null && 'reply' in first && first.reply.ok) return first.reply;
    // A no may have come because it could not be written down.
    if (first !== null) await look();
    if (life.away) return await hearInEmergency(parts, life, heard);
    if (first !== null && 'reply' in first) return first.reply;
    throw first === null ? new Error('the database was away for a moment') : first.fault;
  } finally {
    life.lost.delete(tell);
  }
}

async function hearInEmergency<E extends Emergency>({ main, messages }: LifelineParts<E>, life: Life<E>, heard: Heard): Promise<Reply> {
  const subject = hasToWait(main, heard);
  if (subject !== null) {
    const sentence = refusalSentence('database_away', { subject });
    return { ok: false, quiet: true, document: messages.document('refused', { sentence }) };
  }
  const named = incidentsNamed(heard);
  const ours = ({ emergency }: Life<E>['emergencies'][number]): boolean => named.some((incident) => holds(emergency.spool, incident));
  const one = life.emergencies.find(ours) ?? life.emergencies[0];
  if (one === undefined) throw new Error('there is no spool to write to');
  const incident = heard.incident !== null && holds(one.emergency.spool, heard.incident) ? heard.incident : null;
  const reply = await one.bot.hear({ ...heard, incident });
  await tellRooms(life, one);
  const notice = messages.document('spooled', {});
  return { ...reply, document: { blocks: [...notice.blocks, ...reply.document.blocks] } };
}

async function submit<E extends Emergency>({ main }: LifelineParts<E>, life: Life<E>, submission: Submission): ReturnType<Submit> {
  await life.turning;
  if (!life.away) return main.submit(submission);
  const one = spoolFor(life, submission.act);
  if (one !== null) return one.bot.submit(submission);
  return { ok: false, code: 'not_kept', sentence: refusalSentence('not_kept', {}) };
}

/** Answers by link and button about what was declared since, and alerts that begin; ends of alerts are repeated by who sends them. */
function spoolFor<E extends Emergency>({ emergencies }: Life<E>, act: Submission['act']): Life<E>['emergencies'][number] | null {
  const { page, incident, alert } = act;
  if (act.type === 'alert.receive') return (alert as { status?: unknown }).status === 'firing' ? (emergencies[0] ?? null) : null;
  const number = typeof incident === 'number' ? incident : typeof page === 'string' ? Number.parseInt(page, 10) : null;
  return emergencies.find(({ emergency }) => number !== null && holds(emergency.spool, number)) ?? null;
}
