/** What crosses a line, as plain data: a question, what became of it, and word that its asker does not wait any more. */
export type Letter =
  | { readonly kind: 'ask'; readonly number: number; readonly port: string; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly number: number; readonly value: unknown }
  | { readonly kind: 'fault'; readonly number: number; readonly fault: PlainFault }
  | { readonly kind: 'abort'; readonly number: number };

type Question = Extract<Letter, { kind: 'ask' }>;

/** Errors carry along what cannot cross: requests, sockets. */
export interface PlainFault {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause: PlainFault | null;
}
/** What one end may ask of the other, by name. The signal aborts when the asker does not wait any more. */
export type Ports = Readonly<Record<string, (method: string, args: readonly unknown[], signal: AbortSignal) => Promise<unknown>>>;

/** The other end is gone: what it was asked may be done or not. */
export class LineCutError extends Error {
  override readonly name = 'LineCutError';
}

/** Both ends of a line between two threads: each may ask the other. */
export interface Line {
  /** Rejects with what was thrown there, or with `LineCutError`. */
  ask(port: string, method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown>;
  /** Takes a letter of the other end. */
  hear(letter: Letter): void;
  /** The other end is gone; another one may take its place on the same line. */
  cut(why: string): void;
}

export function createLine(post: (letter: Letter) => void, ports: Ports): Line {
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  const answering = new Map<number, AbortController>();
  let questions = 0;

  async function found({ number, port, method, args }: Question): Promise<unknown> {
    const abort = new AbortController();
    answering.set(number, abort);
    try {
      const ask = Object.hasOwn(ports, port) ? ports[port] : undefined;
      if (ask === undefined) throw new Error(`nobody answers for ${port} here`);
      return await ask(method, args, abort.signal);
    } finally {
      answering.delete(number);
    }
  }
  function answer(question: Question): void {
    const { number } = question;
    found(question)
      .then((value) => post({ kind: 'answer', number, value }))
      // Also when the answer is nothing that can cross.
      .catch((fault: unknown) => post({ kind: 'fault', number, fault: plainFault(fault) }));
  }
  function settle(number: number, as: (promise: PromiseWithResolvers<unknown>) => void): void {
    const promise = asked.get(number);
    asked.delete(number);
    if (promise !== undefined) as(promise);
  }
  return {
    ask(port, method, args, signal) {
      questions += 1;
      const number = questions;
      const promise = Promise.withResolvers<unknown>();
      post({ kind: 'ask', number, port, method, args });
      asked.set(number, promise);
      const abort = (): void => post({ kind: 'abort', number });
      signal?.addEventListener('abort', abort, { once: true });
      return promise.promise.finally(() => signal?.removeEventListener('abort', abort));
    },
    hear(letter) {
      switch (letter.kind) {
        case 'ask':
          return answer(letter);
        case 'answer':
          return settle(letter.number, ({ resolve }) => resolve(letter.value));
        case 'fault':
          return settle(letter.number, ({ reject }) => reject(faultOf(letter.fault)));
        case 'abort':
          answering.get(letter.number)?.abort();
      }
    },
    cut(why) {
      for (const abort of answering.values()) abort.abort();
      for (const number of [...asked.keys()]) settle(number, ({ reject }) => reject(new LineCutError(why)));
    },
  };
}

/** A port whose methods are at the other end of a line. */
export function farPort<Port extends object>(line: Line, name: string, methods: readonly (keyof Port & string)[]): Port {
  const ask =
    (method: string) =>
    (...args: readonly unknown[]) =>
      line.ask(name, method, args);
  return Object.fromEntries(methods.map((method) => [method, ask(method)])) as Port;
}

/** A port of ours as the other end may ask it. */
export function nearPort<Port extends object>(port: Port, methods: readonly (keyof Port & string)[]): Ports[string] {
  return async (method, args) => {
    const own = methods.find((one) => one === method);
    if (own === undefined) throw new Error(`${method} is not asked from afar`);
    return (port[own] as (...args: readonly unknown[]) => unknown)(...args);
  };
}

export function plainFault(fault: unknown): PlainFault {
  if (!(fault instanceof Error)) return { name: 'Error', message: String(fault), stack: '', cause: null };
  const { name, message, stack = '', cause } = fault;
  return { name, message, stack, cause: cause === undefined ? null : plainFault(cause) };
}

export function faultOf({ name, message, stack, cause }: PlainFault): Error {
  return Object.assign(new Error(message, cause === null ? {} : { cause: faultOf(cause) }), { name, stack });
}
