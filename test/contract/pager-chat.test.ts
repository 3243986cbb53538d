import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/kit/http.ts';
import { outcomeOfAnswer } from '../../src/kit/http-outcome.ts';
import { chatPager } from '../../src/pagers/chat.ts';
import { readerFor } from '../../src/pagers/reader.ts';
import type { Document } from '../../src/readings/document.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';
import { attemptOf, type FarEnd, noticeTo, type PagerBench, pagerContract, person } from './pager-contract.ts';

const STATUS: Readonly<Partial<Record<FarEnd, number>>> = { takes: 200, 'is busy': 503, refuses: 404, 'knows no such sender': 403 };

function behaviour(farEnd: FarEnd): Parameters<HttpFarEnd['answer']>[0] {
  if (farEnd === 'takes and says nothing') return () => undefined;
  if (farEnd === 'hangs up instead of an answer') return (response) => response.destroy();
  return (response) => response.writeHead(STATUS[farEnd] ?? 200).end('hunter2');
}

/** A chat world of the smallest kind: one POST a message, over a real socket. */
async function bench(): Promise<PagerBench> {
  const world = await httpFarEnd();
  const http = createHttpClient({ allow: ['127.0.0.1'], timeoutMs: 300 });
  const pager = chatPager({
    unreachable: (id) => (id === 'nobody' ? 'nobody is known on no platform' : null),
    async deliver(id, document, attempt) {
      if (id === 'nobody') return { outcome: 'dead', reason: 'client', detail: 'known on no platform' };
      const body = plainText(
        document,
        readerFor(() => exampleCatalog, id, null),
      );
      return outcomeOfAnswer(
        await http.request({ method: 'POST', url: `${world.url}/${id}`, headers: { 'x-key': attempt.key }, body, signal: attempt.signal }),
      );
    },
  });
  return {
    pager,
    get received() {
      return world.deliveries.map(({ headers, body }) => ({ key: String(headers['x-key']), text: body }));
    },
    behave: (next) => world.answer(behaviour(next)),
    leave: () => world.close(),
    close: () => world.close(),
  };
}

pagerContract('chat', bench, person, { ...person, id: 'nobody' });

describe('a direct message', () => {
  it('begins with the subject, once, and keeps its buttons', async () => {
    const sent: Document[] = [];
    const pager = chatPager({
      unreachable: () => null,
      async deliver(_person, document) {
        sent.push(document);
        return { outcome: 'done' };
      },
    });
    const notice = noticeTo(person);
    await pager.page(notice, attemptOf());
    await pager.page({ ...notice, document: { blocks: notice.document.blocks.slice(1) } }, attemptOf());
    for (const document of sent) {
      expect(document.blocks.map(({ kind }) => kind)).toEqual(['heading', 'text', 'buttons']);
      expect(document.blocks[0]).toEqual({ kind: 'heading', text: [{ kind: 'plain', text: '[SEV1] inc-42 Checkout is down' }] });
    }
    expect(sent).toHaveLength(2);
  });
});
