import { createRequire } from 'node:module';
import type * as Nodemailer from 'nodemailer';
import type { Attempt, CurrentCatalog, Outcome, PageNotice, Pager } from '../engine/ports.ts';
import type { Clock } from '../kit/clock.ts';
import { MINUTE_MS, SECOND_MS, sayDuration } from '../kit/duration.ts';
import { sha256Hex } from '../kit/hashing.ts';
import type { Templates } from '../kit/templates.ts';
import { html } from '../readings/html.ts';
import { plainText } from '../readings/plain-text.ts';
import { withoutHeading } from './lead.ts';
import { oneLine } from './one-line.ts';
import { readerFor } from './reader.ts';
import { outcomeOfSmtp } from './smtp-outcome.ts';

/** Loaded only when there is a mail server; required, because its other form imports node:http (see src/kit/http.ts). */
const require = createRequire(import.meta.url);

/** Each phase of a session; a page that is stuck must leave time for another way. */
export interface SmtpTimeouts {
  readonly connectionMs: number;
  readonly greetingMs: number;
  /** Of silence. */
  readonly socketMs: number;
}
const TIMEOUTS: SmtpTimeouts = { connectionMs: 5 * SECOND_MS, greetingMs: 5 * SECOND_MS, socketMs: 10 * SECOND_MS };
/** A pool's connection may have been dropped by the server meanwhile: then a fresh one is tried at once. Never after text was sent. */
const REQUEUES_MAX = 1;
/** From here on a page says for how long it has been ringing: whoever reads it is not the first, or it is late. */
const AGE_TOLD_MS = 2 * MINUTE_MS;

export interface EmailTools {
  /** `smtps://user:password@host:465`, and the sender; null where no mail server is configured. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  readonly clock: Clock;
  readonly catalog: CurrentCatalog;
  /** Of `templates/email`. */
  readonly templates: Templates;
  readonly timeouts?: SmtpTimeouts;
}
export interface EmailPager extends Pager {
  /** Ends the connections; messages under way come back as failed. */
  close(): void;
}

/** Pages by e-mail, as text and HTML, over one pool of connections. A repeat carries the same Message-ID. */
export function emailPager(tools: EmailTools): EmailPager {
  const { mail } = tools;
  const transport = mail === null ? null : openTransport(mail.smtpUrl, tools.timeouts ?? TIMEOUTS);
  const unreachable: Pager['unreachable'] = (person) => {
    if (mail === null) return 'no mail server is configured: set SMTP_URL and MAIL_FROM';
    return person.email === null ? `${person.name} has no e-mail address: add one in allclear.yaml` : null;
  };
  return {
    name: 'email',
    unreachable,
    async page(notice, attempt) {
      const why = unreachable(notice.person);
      if (mail === null || transport === null || why !== null)
        return { outcome: 'dead', reason: 'client', detail: why ?? 'no mail server' };
      return transport.send(messageOf(tools, mail.from, notice, attempt), attempt.signal);
    },
    close: () => transport?.close(),
  };
}

type Message = ReturnType<typeof messageOf>;

function openTransport(
  url: string,
  timeouts: SmtpTimeouts,
): { send(message: Message, signal: AbortSignal): Promise<Outcome>; close(): void } {
  const { createTransport } = require('nodemailer') as typeof Nodemailer;
  const transport = createTransport({
    url,
    pool: true,
    maxRequeues: REQUEUES_MAX,
    connectionTimeout: timeouts.connectionMs,
    dnsTimeout: timeouts.connectionMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.socketMs,
    // What is in a notice is text: never the name of a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  /** Message-ID → the streams its text was read from, one for each try. */
  const streams = new Map<string, { readonly readableDidRead: boolean }[]>();
  transport.use('stream', (mail, done) => {
    const { message } = mail;
    const open = message.createReadStream.bind(message);
    message.createReadStream = (...options) => {
      const stream = open(...options);
      streams.get(message.messageId())?.push(stream);
      return stream;
    };
    done();
  });
  return {
    async send(message, signal) {
      if (signal.aborted) return { outcome: 'retry', reason: 'timeout', detail: 'mail server: no time left to begin' };
      const tries: { readonly readableDidRead: boolean }[] = [];
      streams.set(message.messageId, tries);
      try {
        await transport.sendMail({ ...message, signal });
        return { outcome: 'done' };
      } catch (error) {
        // The text is read from its stream only once the server has said "go ahead" (354).
        return outcomeOfSmtp(
          error,
          tries.some((stream) => stream.readableDidRead),
        );
      } finally {
        streams.delete(message.messageId);
      }
    },
    close: () => transport.close({ force: true }),
  };
}

function messageOf({ catalog, clock, templates }: EmailTools, from: string, notice: PageNotice, attempt: Attempt) {
  const { person } = notice;
  const now = clock.now();
  // Mail is read later: relative times would lie.
  const reader = readerFor(catalog, person.id, null);
  const ageMs = now - notice.startedAt;
  const subject = oneLine(notice.subject);
  const document = withoutHeading(notice);
  const model = {
    subject,
    name: person.name,
    page: notice.page,
    level: notice.level,
    acknowledgeUrl: notice.acknowledgeUrl,
    consoleUrl: notice.consoleUrl,
    ringingFor: ageMs >= AGE_TOLD_MS ? sayDuration(ageMs) : null,
  };
  return {
    from,
    to: { name: person.name, address: person.email ?? '' },
    subject,
    text: templates.render('page-text', { ...model, body: plainText(document, reader) }),
    html: templates.render('page-html', { ...model, body: html(document, { ...reader, buttons: { as: 'words' } }) }),
    messageId: messageIdOf(from, notice, attempt),
    date: new Date(now),
    priority: 'high' as const,
    // Nobody's holiday answer should come back (RFC 3834; the second is Exchange's).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

/**
 * The same for every repeat of an attempt, so that mail programs show it once; another for any other page, also of another ledger that
 * counts from 1 again, or they would hide it.
 */
function messageIdOf(from: string, notice: PageNotice, { key }: Attempt): string {
  const domain = /@([\w.-]+)>?$/.exec(from)?.[1] ?? 'allclear.invalid';
  const hash = sha256Hex(JSON.stringify([key, notice.page, notice.person.id, notice.startedAt]));
  return `<page-${notice.page}-${hash.slice(0, 24)}@${domain}>`;
}
