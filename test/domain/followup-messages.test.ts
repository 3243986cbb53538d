import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initialIncident } from '../../src/domain/incidents/state.ts';
import { createMessages } from '../../src/engine/messages.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';

const messages = createMessages(join(import.meta.dirname, '../../templates/messages'), () => exampleCatalog);
const reader = { personName: (id: string) => id, timeZone: 'UTC', now: NOW, commandPrefix: '/incident' };
const incident = { ...initialIncident('incident/42'), title: 'Checkout *is* down' };
function said(message: string, event: object): readonly string[] {
  const document = messages.document(message, { type: '', event, at: NOW, actor: 'Allclear', incident });
  return plainText(document, reader)
    .split('\n')
    .filter((line) => line !== '');
}
const place = { branch: 'postmortem/inc-42', path: 'postmortems/2026/inc-42.md' };

describe('what people read about following up', () => {
  it('leads to the published postmortem', () => {
    const url = 'https://github.com/example/postmortems/pull/7';
    expect(said('postmortem-published', { ...place, url, changed: true })).toEqual([
      'Postmortem of inc-42 is ready for review',
      `Read it: ${url}`,
      'Branch:  postmortem/inc-42',
      'Next: fill in what the ledger cannot know, give every action item an owner, and ask two people to review it.',
      'Add an action item: /incident action inc-42',
      'Publish again: /incident postmortem inc-42',
    ]);
  });

  it('names file and branch where there is nothing to open', () => {
    const lines = said('postmortem-published', { ...place, url: null, changed: false });
    expect(lines.slice(0, 3)).toEqual([
      'Postmortem of inc-42 is unchanged',
      'File:   postmortems/2026/inc-42.md',
      'Branch: postmortem/inc-42',
    ]);
  });

  it('says why it failed, and that nothing is lost', () => {
    const lines = said('postmortem-failed', { reason: 'auth', detail: 'GitHub answered 401: Bad `credentials`' });
    expect(lines[0]).toBe('The postmortem of inc-42 could not be published');
    expect(lines[1]).toBe('> GitHub answered 401: Bad `credentials`');
    expect(lines.at(-1)).toBe('Publish again: /incident postmortem inc-42');
  });

  it('hands an action item to its owner', () => {
    const item = { item: 3, text: 'Alert on queue depth', kind: 'detect' };
    expect(said('followup-assigned', { ...item, dueAt: Date.parse('2026-03-09T12:00:00Z') })).toEqual([
      'Action item 3 of inc-42 is yours',
      '> Alert on queue depth',
      'Kind:     detect',
      'Due:      2026-03-09',
      'Incident: Checkout *is* down',
      'Done: /incident action inc-42 done 3',
    ]);
    expect(said('followup-assigned', { ...item, dueAt: null })).toContain('Due:      no date');
  });
});
