import { get, type IncomingMessage } from 'node:http';

/** The pieces an open page of the console was told to draw anew, notice by notice. */
export interface Watching {
  readonly notices: string[][];
  /** Waits until a notice names this piece. */
  hears(piece: string): Promise<void>;
  close(): void;
}

/** Asks the console for the events of one page, as somebody's browser does. */
export function askForEvents(url: string, cookie: string, query: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${url}/events?${query}`, { headers: { cookie } }, resolve).on('error', reject);
  });
}

/** Listens to them; answers once the page knows that it is connected. */
export async function watching(response: IncomingMessage): Promise<Watching> {
  if (response.headers['content-type'] !== 'text/event-stream; charset=utf-8') throw new Error(`no events: ${response.statusCode}`);
  const notices: string[][] = [];
  const wake: (() => void)[] = [];
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, data] = /^event: changed\ndata: (.*)$/m.exec(event) ?? [];
      if (data !== undefined) notices.push(JSON.parse(data) as string[]);
    }
    for (const look of wake) look();
  });
  response.on('error', () => undefined);
  await new Promise<void>((resolve) => response.once('data', () => resolve()));
  return {
    notices,
    hears: (piece) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (notices.some((notice) => notice.includes(piece))) resolve();
        };
        wake.push(look);
        look();
      }),
    close: () => void response.destroy(),
  };
}
