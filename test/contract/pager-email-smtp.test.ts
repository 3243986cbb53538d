import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { loadTemplates } from '../../src/kit/templates.ts';
import { emailPager, type SmtpTimeouts } from '../../src/pagers/email.ts';
import { outcomeOfSmtp } from '../../src/pagers/smtp-outcome.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { mailFarEnd, smtpError } from '../support/mail-far-end.ts';
import { attemptOf, noticeTo, person } from './pager-contract.ts';

const fault = (fields: object): Error => Object.assign(new Error('it failed'), fields);
const words = (outcome: Outcome): string => (outcome.outcome === 'done' ? 'done' : `${outcome.outcome} ${outcome.reason}`);

describe('the verdict on a reply', () => {
  it('is settled for every code from 400 to 599, whether or not the text was handed over', () => {
    const expected = (code: number): string => {
      if (code < 500 || code === 503) return 'retry server';
      return code === 530 || code === 535 || code === 538 ? 'dead auth' : 'dead client';
    };
    for (let code = 400; code < 600; code += 1) {
      for (const handedOver of [true, false]) {
        expect(words(outcomeOfSmtp(fault({ code: 'EMESSAGE', responseCode: code }), handedOver)), String(code)).toBe(expected(code));
      }
    }
  });

  it.each([
    [{ code: 'EAUTH', responseCode: 535 }, 'dead auth'],
    [{ code: 'EAUTH', responseCode: 454 }, 'retry auth'],
    [{ code: 'ENOAUTH' }, 'dead auth'],
    [{ code: 'EENVELOPE' }, 'dead client'],
    [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, 'retry unreachable'],
    [{ code: 'ESOCKET', originalCode: 'ETIMEDOUT' }, 'retry timeout'],
    [{ code: 'EDNS', originalCode: 'ENOTFOUND' }, 'retry unreachable'],
    [{ code: 'ETLS' }, 'retry unreachable'],
    [{ code: 'ETIMEDOUT' }, 'retry timeout'],
    [{}, 'retry unreachable'],
  ])('of %j before the text is %s', (fields, expected) => expect(words(outcomeOfSmtp(fault(fields), false))).toBe(expected));

  it.each([
    [{ code: 'ETIMEDOUT' }, 'unknown timeout'],
    [{ code: 'EABORT' }, 'unknown timeout'],
    [{ code: 'ECONNECTION' }, 'unknown unreachable'],
    [{ code: 'ESOCKET', originalCode: 'ECONNRESET' }, 'unknown unreachable'],
  ])('of %j during the text is %s', (fields, expected) => expect(words(outcomeOfSmtp(fault(fields), true))).toBe(expected));

  it('quotes the server, briefly', () => {
    const outcome = outcomeOfSmtp(fault({ responseCode: 550, response: `550 ${'no '.repeat(200)}` }), true);
    expect(outcome).toMatchObject({ detail: expect.stringMatching(/^mail server: 550 no .{100,180}…$/) });
  });
});

async function page(port: number, timeouts: Partial<SmtpTimeouts> = {}): Promise<Outcome> {
  const pager = emailPager({
    mail: { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'allclear@example.org' },
    clock: systemClock,
    catalog: () => exampleCatalog,
    templates: loadTemplates('templates/email'),
    timeouts: { connectionMs: 5_000, greetingMs: 5_000, socketMs: 5_000, ...timeouts },
  });
  onTestFinished(() => pager.close());
  return pager.page(noticeTo(person), attemptOf());
}

describe('a session that stops before the text', () => {
  it('for want of a greeting is tried again: nothing was sent', async () => {
    const silent = createServer();
    onTestFinished(() => void silent.close());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    expect(await page((silent.address() as AddressInfo).port, { greetingMs: 100 })).toMatchObject({ outcome: 'retry', reason: 'timeout' });
  });

  it('because the server hangs up at once is tried again', async () => {
    const rude = createServer((socket) => socket.destroy());
    onTestFinished(() => void rude.close());
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    expect(await page((rude.address() as AddressInfo).port)).toMatchObject({ outcome: 'retry', reason: 'unreachable' });
  });

  it('because the server has no answer to the recipient is tried again', async () => {
    const server = await mailFarEnd({ onRcptTo: () => undefined });
    onTestFinished(() => server.close());
    expect(await page(server.port, { socketMs: 150 })).toMatchObject({ outcome: 'retry', reason: 'timeout' });
    expect(server.mails).toEqual([]);
  });

  it.each([
    [450, 'retry', 'server'],
    [550, 'dead', 'client'],
  ])('because the recipient is answered with %i is %s', async (code, outcome, reason) => {
    const server = await mailFarEnd({ onRcptTo: (_address, _session, done) => done(smtpError(code, 'not this one')) });
    onTestFinished(() => server.close());
    expect(await page(server.port)).toMatchObject({ outcome, reason, detail: expect.stringContaining(String(code)) });
  });

  it('because the server is closing is tried again', async () => {
    const server = await mailFarEnd({ onConnect: (_session, done) => done(smtpError(421, 'closing')) });
    onTestFinished(() => server.close());
    expect(await page(server.port)).toMatchObject({ outcome: 'retry', reason: 'server' });
  });
});
