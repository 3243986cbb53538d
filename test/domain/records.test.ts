import { describe, expect, it } from 'vitest';
import type { Recorded } from '../../src/domain/kernel.ts';
import { recordDomain, withoutWords } from '../../src/domain/records/domain.ts';
import { refusalSentence } from '../../src/domain/registry.ts';
import { given, NOW } from '../support/given.ts';

const denied = { asker: 'person:dee', act: 'incident.update', needs: 'responder', stream: 'incident/42' };
const redact = { type: 'entry.redact', position: 7, reason: 'a password was pasted' } as const;

function entry(change: Partial<Recorded> = {}): Recorded {
  const data = { text: 'the password is hunter2', by: 'bo' };
  return { type: 'incident.noted', data, position: 7, stream: 'incident/42', version: 3, at: NOW, actor: 'person:bo', ...change };
}

describe('a denial', () => {
  it('is kept with who asked what', () => {
    given(recordDomain, 'records/access')
      .when({ type: 'access.deny', ...denied }, { actor: 'allclear' })
      .happens([{ type: 'access.denied', data: denied }]);
  });

  it('is told in a sentence that says whom to ask', () => {
    expect(refusalSentence('not_permitted', { act: 'incident.update', needs: 'responder', rank: 'observer' })).toBe(
      'incident\\.update needs the rank responder; you have observer. Ask somebody who has it. This was recorded.',
    );
    expect(refusalSentence('not_known', { user: 'zed' })).toMatch(/I do not know who zed is/);
    expect(refusalSentence('malformed', { problem: 'text: too long' })).toMatch(/cannot be read/);
  });
});

describe('a redaction', () => {
  const redactions = given(recordDomain, 'records/redactions');

  it('leaves a substitute of the same shape without anybody’s words', () => {
    redactions.when(redact, { entry: entry() }).happens([
      {
        type: 'entry.redacted',
        data: { position: 7, stream: 'incident/42', substitute: { text: '[redacted]', by: 'bo' }, reason: 'a password was pasted' },
      },
    ]);
  });

  it('is refused where there is nothing, and for the ledger’s own record', () => {
    redactions.when(redact, { entry: null }).refused('nothing_to_redact', { position: '7' });
    redactions.when(redact).refused('nothing_to_redact');
    redactions.when(redact, { entry: entry({ stream: 'records/access' }) }).refused('system_entry', { position: '7' });
  });
});

describe('what is left without words', () => {
  it('keeps names, numbers and structure', () => {
    const data = {
      title: 'Down',
      page: '42-1',
      level: 2,
      people: [{ person: 'bo', note: 'x' }],
      url: 'https://example.org/?token=1',
      at: null,
    };
    expect(withoutWords(data)).toEqual({
      title: '[redacted]',
      page: '42-1',
      level: 2,
      people: [{ person: 'bo', note: '[redacted]' }],
      url: '[redacted]',
      at: null,
    });
  });

  it('takes out what is longer than a name, or has spaces, whatever its field is called', () => {
    expect(withoutWords({ odd: 'two words', long: 'x'.repeat(41), short: 'read-only' })).toEqual({
      odd: '[redacted]',
      long: '[redacted]',
      short: 'read-only',
    });
  });
});
