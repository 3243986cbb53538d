import type { Catalog } from '../domain/catalog.ts';
import {
  type Actor,
  type AnyDomain,
  type AskedAct,
  type Context,
  type EventShape,
  isRefusal,
  type Permission,
  personOf,
  type Recorded,
  type Refusal,
} from '../domain/kernel.ts';
import { domainOfAct, refusalSentence } from '../domain/registry.ts';
import { seal } from '../ledger/chain.ts';
import type { Effects } from './effects.ts';
import type { Folded } from './history.ts';
import type { StreamWrite } from './store-port.ts';

/** Everything a judgement may look at, gathered before. */
export interface Bench {
  readonly catalog: Catalog;
  readonly now: number;
  readonly token: string;
  /** 32 hexadecimal digits, new for every event. */
  readonly salt: () => string;
  readonly load: (stream: string) => Promise<Folded>;
  /** Next free number of a kind of stream. */
  readonly number: (kind: string) => Promise<number>;
  readonly entryAt: (position: number) => Promise<Recorded | null>;
}
export type Judgement =
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string }
  | { readonly kind: 'denied'; readonly code: string; readonly sentence: string; readonly denial: AskedAct }
  | {
      readonly kind: 'decided';
      readonly stream: string;
      readonly events: readonly Recorded[];
      readonly write: StreamWrite | null;
      readonly folded: Folded;
      readonly effects: Effects;
    };

/** Permission, context, decision and what it entails; asks nothing of the world and changes nothing. */
export async function judge(asked: AskedAct, actor: Actor, bench: Bench): Promise<Judgement> {
  const domain = domainOfAct(asked.type);
  const row = domain?.acts[asked.type];
  if (domain === null || row === undefined) return refused({ refused: 'malformed', values: { problem: `there is no act ${asked.type}` } });
  const { type, ...fields } = asked;
  const parsed = row.data.safeParse(fields);
  if (!parsed.success) return refused({ refused: 'malformed', values: { problem: firstIssue(parsed.error.issues) } });
  const act = { type, ...(parsed.data as object) };
  const named = row.stream(act);
  const denial = deny(actor, row.permission, type, named, bench.catalog);
  if (denial !== null) return denial;
  const isNew = named.endsWith('/new');
  const stream = isNew ? `${domain.kind}/${await bench.number(domain.kind)}` : named;
  // Whoever was given the number first keeps it. Another replica may have been, just now: what is begun on nothing the store then refuses,
  // and it is decided again with the next number; what is there already must not be gone on with.
  const folded = isNew ? { version: 0, state: domain.initial(stream), incident: null } : await bench.load(stream);
  const states = new Map<string, unknown>();
  for (const read of row.reads?.(act, bench.catalog) ?? []) states.set(read, (await bench.load(read)).state);
  const context: Context = {
    now: bench.now,
    actor,
    catalog: bench.catalog,
    stream,
    states,
    token: bench.token,
    ...(row.entry === undefined ? {} : { entry: await bench.entryAt(row.entry(act)) }),
  };
  const decision = domain.decide(folded.state, act, context);
  if (isRefusal(decision)) return refused(decision);
  return entail(domain, stream, folded, decision, actor, bench);
}

function refused({ refused: code, values }: Refusal): Judgement {
  return { kind: 'refused', code, sentence: refusalSentence(code, values) };
}

function firstIssue(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const issue = issues[0];
  return issue === undefined ? 'unknown problem' : `${issue.path.map(String).join('.') || 'it'}: ${issue.message}`;
}

const RANKS = ['observer', 'responder', 'commander', 'admin'] as const;

/** Null when the actor may ask it; the same check for a button, a webhook, a timer and a typed command. */
function deny(actor: Actor, needs: Permission, act: string, stream: string, catalog: Catalog): Judgement | null {
  if (actor === 'clock' || actor === 'allclear') return null;
  const denial = { type: 'access.deny', asker: actor, act, needs, stream };
  const person = personOf(actor);
  if (person === null) {
    if (needs === 'source') return null;
    return { kind: 'denied', denial, code: 'not_permitted', sentence: refusalSentence('not_permitted', { act, needs, rank: 'none' }) };
  }
  const rank = catalog.people[person]?.rank;
  if (rank === undefined) return { kind: 'denied', denial, code: 'not_known', sentence: refusalSentence('not_known', { user: person }) };
  const sufficient = needs === 'anyone' || (isRank(needs) && RANKS.indexOf(rank) >= RANKS.indexOf(needs));
  if (sufficient) return null;
  return { kind: 'denied', denial, code: 'not_permitted', sentence: refusalSentence('not_permitted', { act, needs, rank }) };
}

function isRank(permission: Permission): permission is (typeof RANKS)[number] & Permission {
  return (RANKS as readonly string[]).includes(permission);
}

/** Folds the new events one by one and collects the promises each entails. */
function entail(domain: AnyDomain, stream: string, before: Folded, events: readonly EventShape[], actor: Actor, bench: Bench): Judgement {
  const entries: StreamWrite['entries'][number][] = [];
  const facts: Recorded[] = [];
  const effects: Effects[number][] = [];
  let state = before.state;
  let incident = before.incident;
  for (const [index, event] of events.entries()) {
    const row = domain.events[event.type];
    if (row === undefined) throw new Error(`${domain.kind} decided ${event.type}, which is not in its catalogue`);
    const data = row.data.parse(event.data);
    const version = before.version + index + 1;
    // The position is given by the store; no domain looks at it while deciding.
    const fact: Recorded = { type: event.type, data, position: 0, stream, version, at: bench.now, actor };
    state = domain.evolve(state, fact);
    incident = incidentOf(data) ?? domain.summary(state).incident;
    for (const [number, effect] of domain.react(fact, state).entries()) effects.push({ entry: index, number, effect });
    facts.push(fact);
    entries.push(
      seal(
        { stream, version, type: event.type, schema: row.schema, incident, at: bench.now, actor, cause: bench.token, data },
        bench.salt(),
      ),
    );
  }
  if (entries.length === 0) return { kind: 'decided', stream, events: facts, write: null, folded: before, effects };
  const summary = domain.summary(state);
  const text = JSON.stringify(state);
  const folded: Folded = { version: before.version + entries.length, state, incident: summary.incident, text };
  const write: StreamWrite = { stream, expectedVersion: before.version, entries, state: text, fold: domain.fold, ...summary };
  return { kind: 'decided', stream, events: facts, write, folded, effects };
}

/** An event that names its incident belongs to it, whatever its stream (a flip of a switch for an incident). */
function incidentOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('incident' in data)) return null;
  return typeof data.incident === 'number' ? data.incident : null;
}
