import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { loadTemplates } from '../../src/kit/templates.ts';
import { type EmailPager, type EmailTools, emailPager } from '../../src/pagers/email.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';
import { type AfterText, mailFarEnd, smtpError } from '../support/mail-far-end.ts';
import { attemptOf, type FarEnd, noticeTo, type PagerBench, pagerContract, person } from './pager-contract.ts';

const templates = loadTemplates('templates/email');
const timeouts = { connectionMs: 5_000, greetingMs: 5_000, socketMs: 500 };

function openPager(port: number, override: Partial<EmailTools> = {}): EmailPager {
  const pager = emailPager({
    mail: { smtpUrl: `smtp://allclear:hunter2@127.0.0.1:${port}`, from: 'Allclear <allclear@example.org>' },
    clock: { ...systemClock, now: () => NOW },
    catalog: () => exampleCatalog,
    templates,
    timeouts,
    ...override,
  });
  onTestFinished(() => pager.close());
  return pager;
}

const AFTER_TEXT: Readonly<Partial<Record<FarEnd, AfterText>>> = {
  'is busy': (done) => done(smtpError(451, 'try again later')),
  refuses: (done) => done(smtpError(554, 'we do not want this')),
  'takes and says nothing': () => undefined,
  'hangs up instead of an answer': (_done, hangUp) => hangUp(),
};

async function bench(): Promise<PagerBench> {
  let farEnd: FarEnd = 'takes';
  const server = await mailFarEnd(
    {
      onAuth(auth, _session, done) {
        const isKnown = auth.username === 'allclear' && auth.password === 'hunter2' && farEnd !== 'knows no such sender';
        done(isKnown ? null : smtpError(535, 'who are you?'), isKnown ? { user: 'allclear' } : undefined);
      },
    },
    () => AFTER_TEXT[farEnd] ?? ((done) => done()),
  );
  const pager = openPager(server.port);
  return {
    pager,
    get received() {
      return server.mails.map(({ headers, text }) => ({
        key: headers['message-id'] ?? '',
        text: `${Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n')}\n\n${text}`,
      }));
    },
    behave(next) {
      farEnd = next;
    },
    leave: () => server.close(),
    async close() {
      pager.close();
      await server.close();
    },
  };
}

pagerContract('email', bench, person, { ...person, email: null });

describe('an e-mail page', () => {
  it('leads with the subject, says the same as text and as HTML, and carries the link that acknowledges', async () => {
    const server = await mailFarEnd();
    onTestFinished(() => server.close());
    await openPager(server.port).page(noticeTo(person), attemptOf());
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: 'allclear@example.org',
      to: ['ana@example.org'],
      headers: {
        from: 'Allclear <allclear@example.org>',
        to: 'Ana Lima <ana@example.org>',
        subject: '[SEV1] inc-42 Checkout is down',
        'auto-submitted': 'auto-generated',
        'x-priority': '1 (Highest)',
        date: 'Mon, 02 Mar 2026 03:00:00 +0000',
      },
    });
    expect(mail?.headers['message-id']).toMatch(/^<page-42-1-[0-9a-f]{24}@example\.org>$/);
    expect(mail?.text).toContain('Acknowledge: https://allclear.example.org/ack/v1.abc-def_0.xyz');
    expect(mail?.text).toContain('<a href="https://allclear.example.org/ack/v1.abc-def_0.xyz"');
    expect(mail?.text).toContain('Declared by Bo Berg <b>& now</b>');
    expect(mail?.text).toContain('&lt;b&gt;&amp; now&lt;/b&gt;');
    expect(mail?.text).not.toMatch(/ringing for/);
  });

  it('says for how long it has been ringing when that is long', async () => {
    const server = await mailFarEnd();
    onTestFinished(() => server.close());
    await openPager(server.port).page(noticeTo(person, { startedAt: NOW - 12 * 60_000 }), attemptOf());
    expect(server.mails[0]?.text).toContain('It had been ringing for 12m when this was sent.');
    expect(server.mails[0]?.text).toContain('<strong>12m</strong>');
  });

  it('has another Message-ID for the same key of another ledger', async () => {
    const server = await mailFarEnd();
    onTestFinished(() => server.close());
    const pager = openPager(server.port);
    await pager.page(noticeTo(person), attemptOf());
    await pager.page(noticeTo(person, { startedAt: NOW + 1 }), attemptOf());
    expect(new Set(server.mails.map(({ headers }) => headers['message-id'])).size).toBe(2);
  });

  it('goes over connections that are kept', async () => {
    const server = await mailFarEnd();
    onTestFinished(() => server.close());
    const pager = openPager(server.port);
    for (let count = 0; count < 10; count += 1) await pager.page(noticeTo(person), attemptOf(`${count}-0`));
    expect(server.mails).toHaveLength(10);
    expect(server.connections()).toBe(1);
  });

  it('survives a mail server that comes back at the same address', async () => {
    const server = await mailFarEnd();
    const pager = openPager(server.port);
    expect(await pager.page(noticeTo(person), attemptOf())).toEqual({ outcome: 'done' });
    await server.close();
    expect(await pager.page(noticeTo(person), attemptOf())).toMatchObject({ outcome: 'retry' });
    const back = await mailFarEnd({}, undefined, server.port);
    onTestFinished(() => back.close());
    expect(await pager.page(noticeTo(person), attemptOf())).toEqual({ outcome: 'done' });
    expect(back.mails).toHaveLength(1);
  });

  it('cannot be sent where no mail server is configured, and says what to set', async () => {
    const pager = openPager(0, { mail: null });
    expect(pager.unreachable(person)).toContain('SMTP_URL');
    expect(await pager.page(noticeTo(person), attemptOf())).toMatchObject({ outcome: 'dead', reason: 'client' });
  });
});
