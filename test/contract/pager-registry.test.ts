import { expect, it } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { createHttpClient } from '../../src/kit/http.ts';
import { loadTemplates } from '../../src/kit/templates.ts';
import { createPagers, PAGER_NAMES } from '../../src/pagers/index.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { attemptOf, noticeTo, person } from './pager-contract.ts';

const tools = {
  mail: null,
  clock: systemClock,
  catalog: () => exampleCatalog,
  templates: loadTemplates('templates/email'),
  http: createHttpClient({ allow: [] }),
  secret: null,
  direct: { unreachable: () => 'no platform is connected', deliver: () => Promise.reject(new Error('not asked')) },
};

it('has every pager that rules may name, and no other', () => {
  const { pagers, close } = createPagers(tools);
  expect(pagers.map(({ name }) => name).toSorted()).toEqual([...PAGER_NAMES]);
  close();
});

it('says of every pager without an address or a far end why it cannot reach somebody', async () => {
  const { pagers, close } = createPagers(tools);
  const nobody = { ...person, email: null, webhook: null };
  expect(pagers.map((pager) => pager.unreachable(nobody))).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
  for (const pager of pagers.filter(({ name }) => name !== 'chat')) {
    expect(await pager.page(noticeTo(nobody), attemptOf())).toMatchObject({ outcome: 'dead' });
  }
  close();
});
