import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { catalogIn, EXAMPLE, exampleWith, OUTSIDE, problemsIn } from './example.ts';

const withChat = (chat: string) => `${EXAMPLE}\nchat:\n${chat}`;

describe('groups and channels of chat platforms', () => {
  it('are read, for a platform that is not set up here too', () => {
    const { chat } = catalogIn(
      withChat(
        '  slack:\n    ranks: { sre: responder, Incident Leads: commander }\n    announce: { sev1: C012AB3CD }\n    invite: [support]\n    onCall: { payments: oncall-payments }\n  discord:\n    announce: { sev1: "1029384756" }\n',
      ),
    );
    expect(chat['slack']).toEqual({
      ranks: { sre: 'responder', 'Incident Leads': 'commander' },
      announce: { sev1: 'C012AB3CD' },
      invite: ['support'],
      onCall: { payments: 'oncall-payments' },
    });
    expect(chat['discord']).toEqual({ ranks: {}, announce: { sev1: '1029384756' }, invite: [], onCall: {} });
    expect(chat['constructor']).toBeUndefined();
  });

  it('are none without the section', () => {
    expect(catalogIn(EXAMPLE).chat).toEqual({});
  });

  it.each([
    ['slak: {}', 'There is no chat platform `slak`. Did you mean `slack`?'],
    ['slack: { announce: { sev9: C012AB3CD } }', 'There is no severity `sev9`.'],
    ['slack: { announce: { sev1: "#ops" } }', 'Write the id of the channel in quotes'],
    ['slack: { onCall: { paymets: oncall } }', 'There is no schedule `paymets`.'],
    ['slack: { onCall: { payments: oncall, platform: oncall } }', '`oncall` already follows another schedule'],
    ['slack: { invite: [sre, sre] }', '`sre` is already in this list.'],
    ['slack: { ranks: { sre: king } }', 'responder'],
    ['slack: { rank: { sre: admin } }', 'There is no key `rank` here.'],
  ])('are checked: %s', (chat, sentence) => {
    expect(problemsIn(withChat(`  ${chat}\n`)).map((problem) => problem.sentence)).toEqual([expect.stringContaining(sentence)]);
  });
});

describe('user ids', () => {
  it('are accepted for every platform there is, set up here or not', () => {
    const text = exampleWith('email: ana@example.com', 'email: ana@example.com\n    identities: { slack: U1, discord: "42" }');
    const read = parseConfiguration(text, 'allclear.yaml', [], { ...OUTSIDE, platforms: new Set(['console']) });
    expect(read.ok && read.catalog.people['ana']?.identities).toEqual({ slack: 'U1', discord: '42' });
  });
});
