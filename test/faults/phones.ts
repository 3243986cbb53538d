import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';

/** A page as it reached a phone. */
export interface Call {
  readonly page: string;
  readonly person: string;
  /** The same on every repeat. */
  readonly key: string;
  readonly at: number;
}
export type Manner = 'answers' | 'refuses with 429' | 'fails with 503' | 'answers nothing';
export interface Phones {
  readonly farEnd: HttpFarEnd;
  /** Calls a phone rang for; what it refused rang nobody. */
  readonly calls: readonly Call[];
  /** Requests that were not answered with success. */
  refused(): number;
  behave(manner: Manner): void;
}

const STATUS: Readonly<Record<Manner, number>> = {
  answers: 200,
  'refuses with 429': 429,
  'fails with 503': 503,
  'answers nothing': 0,
};

/** Web servers that ring: each remembers who was called, when, and under which key. */
export async function startPhones(): Promise<Phones> {
  const farEnd = await httpFarEnd();
  const calls: Call[] = [];
  let manner: Manner = 'answers';
  let refused = 0;
  farEnd.answer((response, { body }) => {
    const { page, person, key } = JSON.parse(body) as { page: string; person: { id: string }; key: string };
    const status = STATUS[manner];
    if (status === 200) calls.push({ page, person: person.id, key, at: Date.now() });
    else refused += 1;
    if (status === 0) return;
    response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end();
  });
  return {
    farEnd,
    calls,
    refused: () => refused,
    behave(next) {
      manner = next;
    },
  };
}
