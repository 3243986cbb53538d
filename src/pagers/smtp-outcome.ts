import type { Outcome } from '../engine/ports.ts';
import { shorten } from '../kit/shorten.ts';

/** What nodemailer says of a message that was not sent. */
interface SmtpFault extends Error {
  readonly code?: string;
  /** The system's own code, such as ECONNREFUSED, when `code` is nodemailer's. */
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

const DETAIL_CHARS_MAX = 200;
/** "Bad sequence of commands": the session was at fault and not the message, which another session can carry. */
const BAD_SEQUENCE = 503;

/**
 * The verdict on a message. `handedOver` says whether the far end was being given the text: without a reply after that, nobody knows
 * what became of it. With a reply, the reply decides (RFC 5321 §4.2.1): 4yz is "later", 5yz is "never".
 */
export function outcomeOfSmtp(error: unknown, handedOver: boolean): Outcome {
  const fault = error as SmtpFault;
  const { responseCode } = fault;
  const detail = shorten(`mail server: ${fault.response ?? fault.originalCode ?? fault.message}`, DETAIL_CHARS_MAX);
  if (fault.code === 'EAUTH' || fault.code === 'ENOAUTH') return outcomeOfLogin(responseCode, detail);
  if (responseCode !== undefined) return outcomeOfReply(responseCode, detail);
  const reason = reasonOf(fault);
  if (handedOver) return { outcome: 'unknown', reason, detail };
  return reason === 'client' ? { outcome: 'dead', reason, detail } : { outcome: 'retry', reason, detail };
}

/** A login that is refused for good (535, or no way to log in) will be refused again; 454 is the server's own trouble (RFC 4954). */
function outcomeOfLogin(responseCode: number | undefined, detail: string): Outcome {
  const isTemporary = responseCode !== undefined && responseCode < 500;
  return isTemporary ? { outcome: 'retry', reason: 'auth', detail } : { outcome: 'dead', reason: 'auth', detail };
}

function outcomeOfReply(responseCode: number, detail: string): Outcome {
  if (responseCode < 500 || responseCode === BAD_SEQUENCE) return { outcome: 'retry', reason: 'server', detail };
  // 530 and 538 ask for a login or a safer one (RFC 4954), at whatever command.
  const reason = responseCode === 530 || responseCode === 535 || responseCode === 538 ? 'auth' : 'client';
  return { outcome: 'dead', reason, detail };
}

function reasonOf({ code, originalCode }: SmtpFault): 'timeout' | 'unreachable' | 'client' {
  if (code === 'ETIMEDOUT' || code === 'EABORT' || originalCode === 'ETIMEDOUT') return 'timeout';
  return code === 'EENVELOPE' || code === 'EMESSAGE' || code === 'ECONFIG' ? 'client' : 'unreachable';
}
