import { createTransport } from 'nodemailer';
import { outcomeOfSmtp } from './smtp-outcome.ts';

/** Connects, greets and logs in as a page would, and sends nothing. Null when all of it works, else why not. */
export async function mailServerProblem(smtpUrl: string, timeoutMs: number): Promise<string | null> {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  try {
    await transport.verify();
    return null;
  } catch (fault) {
    const outcome = outcomeOfSmtp(fault, false);
    return outcome.outcome === 'done' ? null : outcome.detail;
  } finally {
    transport.close();
  }
}
