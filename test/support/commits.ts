import type { Effect } from '../../src/domain/kernel.ts';
import type { Commit, EffectWrite, StreamWrite } from '../../src/engine/store-port.ts';
import { seal } from '../../src/ledger/chain.ts';

/** A write of `count` events onto a stream, in the shape the engine makes them. */
export function write(
  stream: string,
  expectedVersion: number,
  count = 1,
  options: { incident?: number | null; open?: boolean } = {},
): StreamWrite {
  const incident = options.incident ?? null;
  const entries = Array.from({ length: count }, (_unused, index) =>
    seal(
      {
        stream,
        version: expectedVersion + index + 1,
        type: 'test.happened',
        schema: 1,
        incident,
        at: 1_700_000_000_000 + index,
        actor: 'person:ana',
        cause: 'c'.repeat(32),
        data: { stream, number: expectedVersion + index + 1 },
      },
      'ab'.repeat(16),
    ),
  );
  const state = JSON.stringify({ version: expectedVersion + count });
  return { stream, expectedVersion, entries, state, fold: 1, open: options.open ?? true, incident };
}

export function commit(writes: readonly StreamWrite[], more: Partial<Commit> = {}): Commit {
  return { writes, effects: [], inbox: null, settle: null, erase: [], ...more };
}

export function effect(number: number, more: Partial<EffectWrite> = {}): EffectWrite {
  const body: Effect = { kind: 'ask', act: { type: 'test.ask', number } };
  return { entry: 0, number, lane: 'asks', dueAt: 1_000, body, coalesce: null, sequence: null, ...more };
}
