import fc from 'fast-check';
import type { Checkpoint, Runbook, RunbookStep, StepDoes, StepOption } from '../../src/domain/runbooks/runbook.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const slug = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));
/** One line with anything a person may write, markup of every kind included; no spaces at the ends, which nobody sees. */
const line = fc
  .string({ unit: fc.constantFrom(...'abcXYZ 019.,:;!?\'"`*_#-[]{}<>|&@%~\\/(=)+$^äß火🔥'), minLength: 1, maxLength: 40 })
  .map((text) => `x${text}x`);
const prose = fc.array(fc.oneof(line, fc.constant('')), { maxLength: 4 }).map((lines) => lines.join('\n').trim());
const duration = (leastSeconds: number, mostSeconds: number): fc.Arbitrary<number> =>
  fc.integer({ min: leastSeconds, max: mostSeconds }).map((seconds) => seconds * 1_000);
const status = fc.integer({ min: 100, max: 599 });
const url = fc.tuple(slug, slug).map(([host, path]) => `https://${host}.example/${path}?a=1#b`);
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null });

function options(minLength: number, go: fc.Arbitrary<string | null>): fc.Arbitrary<StepOption[]> {
  return fc.uniqueArray(fc.record({ id: slug, label: line, go }), { minLength, maxLength: 5, selector: ({ id }) => id });
}

const headers = fc.dictionary(fc.stringMatching(/^X-[A-Z][a-z]{1,6}$/), fc.constantFrom('plain', 'secret:DEPLOY_KEY', '', 'a: b', '# c'), {
  maxKeys: 3,
});
const look = fc.record({
  do: fc.constant('http' as const),
  method: fc.constant('GET' as const),
  url,
  headers,
  body: fc.constant(null),
  expectStatus: fc.array(status, { maxLength: 3 }),
  timeoutMs: duration(1, 8),
});
const change = fc.record({
  ...{ do: fc.constant('http' as const) },
  method: fc.constantFrom('POST' as const, 'PUT' as const, 'DELETE' as const),
  url,
  headers,
  body: maybe(line),
  expectStatus: fc.array(status, { maxLength: 3 }),
  timeoutMs: duration(1, 8),
});

function does(jump: fc.Arbitrary<string | null>): fc.Arbitrary<StepDoes> {
  return fc.oneof(
    fc.constant({ do: 'manual' } as const),
    fc.record({ do: fc.constant('choose' as const), options: options(2, jump) }),
    fc.constant({ do: 'approve' } as const),
    fc.record({ do: fc.constant('wait-for' as const), url, status, everyMs: duration(1, 7_200), timeoutMs: duration(1, 7_200) }),
    look,
    change,
    fc.record({
      do: fc.constant('switch' as const),
      switch: slug,
      to: fc.integer({ min: 0, max: 100 }),
      reason: line,
      ttlMs: maybe(duration(10, 86_400)),
    }),
    fc.record({ do: fc.constant('role' as const), role: slug }),
    fc.record({ do: fc.constant('update' as const), text: line }),
  );
}

const approval = fc.record({ role: maybe(slug), count: fc.integer({ min: 1, max: 5 }) });

/** A step whose condition is drawn afterwards, when the choices before it are known. */
function step(id: string, ids: readonly string[]): fc.Arbitrary<RunbookStep> {
  const others = ids.filter((other) => other !== id);
  const jump = others.length === 0 ? fc.constant(null) : maybe(fc.constantFrom(...others));
  return fc
    .record({
      title: line,
      prose,
      budgetMs: maybe(duration(10, 43_200)),
      retries: fc.integer({ min: 0, max: 10 }),
      approve: maybe(approval),
      does: does(jump),
    })
    .map((drawn) => ({
      ...drawn,
      id,
      line: 1,
      when: null,
      retries: drawn.does.do === 'http' && drawn.does.method === 'GET' ? drawn.retries : 0,
      approve: drawn.approve ?? (drawn.does.do === 'approve' ? { role: null, count: 1 } : null),
    }));
}

/** Every third step that comes after a choice depends on it. */
function withConditions(steps: readonly RunbookStep[]): readonly RunbookStep[] {
  return steps.map((drawn, index) => {
    const choice = steps.slice(0, index).findLast(({ does: { do: kind } }) => kind === 'choose');
    if (choice?.does.do !== 'choose' || index % 3 !== 0) return drawn;
    return { ...drawn, when: { step: choice.id, chose: choice.does.options.slice(0, 2).map(({ id }) => id) } };
  });
}

function checkpoints(ids: readonly string[]): fc.Arbitrary<readonly Checkpoint[]> {
  const minutes = fc.uniqueArray(fc.integer({ min: 1, max: 59 }), { maxLength: 4 }).map((drawn) => drawn.toSorted((a, b) => a - b));
  return minutes.chain((chosen) =>
    fc.tuple(
      ...chosen.map((minute) =>
        fc
          .record({ question: line, options: options(1, maybe(fc.constantFrom(...ids))) })
          .map((drawn) => ({ ...drawn, id: `${minute}m`, afterMs: minute * 60_000 })),
      ),
    ),
  );
}

/** Any runbook that could have been written. */
export const arbitraryRunbook: fc.Arbitrary<Runbook> = fc.uniqueArray(slug, { minLength: 1, maxLength: 8 }).chain((ids) =>
  fc
    .record({
      id: slug,
      title: line,
      match: fc.record({
        severity: fc.array(slug, { maxLength: 2 }),
        service: fc.array(slug, { maxLength: 2 }),
        alert: fc.array(line, { maxLength: 2 }),
      }),
      checkpoints: checkpoints(ids),
      steps: fc.tuple(...ids.map((id) => step(id, ids))).map(withConditions),
    })
    .map((drawn) => ({ ...drawn, clockMs: 3_600_000, file: 'drawn.md' })),
);
