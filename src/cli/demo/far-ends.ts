import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type * as SmtpServerPackage from 'smtp-server';
import { z } from 'zod';
import type { Clock } from '../../kit/clock.ts';
import { verifyBody } from '../../kit/signing.ts';

// Neither is imported, so that Node does not load its fetch with them (see src/kit/http.ts).
const { createServer } = process.getBuiltinModule('node:http');
const { SMTPServer } = createRequire(import.meta.url)('smtp-server') as typeof SmtpServerPackage;

/** Everything that reached one person from outside of chat. */
export type Rang =
  | { readonly by: 'e-mail'; readonly to: string; readonly subject: string; readonly acknowledgeUrl: string }
  | { readonly by: 'webhook'; readonly to: string; readonly subject: string; readonly isSigned: boolean };
export interface FarEnds {
  readonly smtpUrl: string;
  /** Where a person's phone listens. */
  phoneUrl(person: string): string;
  /** `127.0.0.1:<port>` of the phones, which are not public. */
  readonly phoneHost: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const MAIL_BYTES_MAX = 256 * 1024;

/** What is out there: a mail server and the phones' gateway. Both are real, speak over real sockets, and live on this machine. */
export async function openFarEnds(secret: string, clock: Clock, rang: (ring: Rang) => void): Promise<FarEnds> {
  const mail = await mailServer(rang);
  const phones = await phoneGateway(secret, clock, rang);
  const phoneHost = `${LOOPBACK}:${phones.port}`;
  return {
    smtpUrl: `smtp://${LOOPBACK}:${mail.port}`,
    phoneHost,
    phoneUrl: (person) => `http://${phoneHost}/${person}`,
    async close() {
      await Promise.all([mail.close(), phones.close()]);
    },
  };
}

interface Listening {
  readonly port: number;
  close(): Promise<unknown>;
}

async function mailServer(rang: (ring: Rang) => void): Promise<Listening> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    size: MAIL_BYTES_MAX,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = decoded(Buffer.concat(chunks).toString('latin1'));
        const [acknowledgeUrl = ''] = /http:\/\/[^\s"<>]+\/ack\/[\w.-]+/.exec(text) ?? [];
        const subject = /^Subject: (.*)$/im.exec(text)?.[1] ?? '';
        for (const { address } of session.envelope.rcptTo) rang({ by: 'e-mail', to: address, subject: subject.trim(), acknowledgeUrl });
        done();
      });
    },
  });
  server.listen(0, LOOPBACK);
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(() => resolve(null))) };
}

/** Quoted-printable (RFC 2045, 6.7) undone in the whole message, and folded header lines joined: enough to find a subject and a link. */
function decoded(raw: string): string {
  const bytes = raw
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const Payload = z.looseObject({ subject: z.string() });

async function phoneGateway(secret: string, clock: Clock, rang: (ring: Rang) => void): Promise<Listening> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const isSigned = verifyBody(secret, { ...signatureOf(request), body }, clock.now());
      response.writeHead(isSigned ? 204 : 401).end();
      const to = (request.url ?? '').slice(1);
      rang({ by: 'webhook', to, subject: isSigned ? Payload.parse(JSON.parse(body)).subject : 'not signed by us', isSigned });
    });
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

function signatureOf({ headers }: IncomingMessage): { readonly timestamp: string; readonly signature: string } {
  const [timestamp, signature] = [headers['allclear-timestamp'], headers['allclear-signature']].map((value) => String(value ?? ''));
  return { timestamp: timestamp ?? '', signature: signature ?? '' };
}
