/** Items of one question at the most. */
const TOGETHER_MAX = 256;

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Asks about many things with one question. One question is under way at a time; what comes meanwhile gathers for the next.
 * `ask` answers in the order of its items; when it fails, all of them failed.
 */
export function gathered<Item, Answer>(ask: (items: readonly Item[]) => Promise<readonly Answer[]>): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let isAsking = false;

  async function askAll(): Promise<void> {
    isAsking = true;
    // What is asked for in the same turn shares the first question too.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, TOGETHER_MAX);
      waiting = waiting.slice(TOGETHER_MAX);
      try {
        const answers = await ask(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
      } catch (fault) {
        for (const { reject } of batch) reject(fault);
      }
    }
    isAsking = false;
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isAsking) askAll().catch(reject);
    });
}
