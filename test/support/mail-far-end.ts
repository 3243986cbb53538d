import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header names are small; folded lines are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** All text parts, decoded, one after the other. */
  readonly text: string;
}
export interface MailFarEnd {
  readonly port: number;
  readonly mails: readonly Mail[];
  readonly connections: () => number;
  close(): Promise<void>;
}
/** What happens after the whole text was received; without it, the mail is taken. */
export type AfterText = (done: (error?: Error | null) => void, hangUp: () => void) => void;

/** A refusal as a mail server says it. */
export function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A mail server on loopback that remembers what it was sent. */
export async function mailFarEnd(options: SMTPServerOptions = {}, afterText?: () => AfterText, port = 0): Promise<MailFarEnd> {
  const mails: Mail[] = [];
  let connections = 0;
  /** By the port they come from: all a session knows of its socket. */
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 1,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? '' }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        mails.push({ from, to: rcptTo.map(({ address }) => address), ...parse(Buffer.concat(chunks).toString('utf8')) });
        const how = afterText?.();
        if (how === undefined) done();
        else how(done, () => sockets.get(session.remotePort)?.destroy());
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => sockets.set(socket.remotePort ?? 0, socket));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    connections: () => connections,
    close() {
      for (const socket of sockets.values()) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function parse(raw: string): Pick<Mail, 'headers' | 'text'> {
  const split = raw.indexOf('\r\n\r\n');
  return { headers: headersOf(raw.slice(0, split)), text: partsOf(raw).join('\n') };
}

function headersOf(block: string): Record<string, string> {
  const lines = block.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), words(line.slice(line.indexOf(':') + 1).trim())]),
  );
}

/** Encoded words (RFC 2047), as nodemailer writes them. */
function words(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : quoted(text.replaceAll('_', ' ')),
    );
}

function quoted(text: string): string {
  const bytes = text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function partsOf(raw: string): string[] {
  const split = raw.indexOf('\r\n\r\n');
  const headers = headersOf(raw.slice(0, split));
  const body = raw.slice(split + 4);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary !== undefined) {
    return body
      .split(`--${boundary}`)
      .slice(1, -1)
      .flatMap((part) => partsOf(part.replace(/^\r\n/, '')));
  }
  const coding = headers['content-transfer-encoding'] ?? '7bit';
  if (coding === 'base64') return [Buffer.from(body, 'base64').toString()];
  return [coding === 'quoted-printable' ? quoted(body) : body];
}
