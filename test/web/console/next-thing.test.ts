import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/domain/catalog.ts';
import { parseRunbook } from '../../../src/domain/runbooks/parse.ts';
import { type NextThing, nextThing } from '../../../src/web/console/next-thing.ts';
import { viewerOf } from '../../../src/web/console/viewer.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { type OpenBot, openBot } from '../../support/open-bot.ts';

/** A bot in the small company, where `bo` is on call and this stands under "next" for a person. */
let bot: OpenBot;
beforeEach(async () => {
  bot = await openBot();
});
afterEach(() => bot.close());

async function nextFor(person: string, catalog: Catalog = exampleCatalog): Promise<NextThing> {
  const who = catalog.people[person];
  const view = await bot.bot.readings.incident(1);
  if (who === undefined || view === null) throw new Error('there is no such person or incident');
  const switches = await bot.bot.readings.switches();
  const thing = nextThing({ view, switches, viewer: viewerOf(who, catalog, bot.clock.now()) });
  if (thing === null) throw new Error('nothing is to be done');
  return thing;
}
const commands = ({ buttons }: NextThing): readonly string[] => buttons.map(({ command }) => command);

describe('what stands under "next"', () => {
  it('is to acknowledge first, then to lead, then to tell', async () => {
    await bot.types('ana', 'sev1 Checkout is down on checkout');
    expect(await nextFor('ana')).toMatchObject({
      sentence: 'Nobody has acknowledged the page yet.',
      urgent: true,
      tick: { shown: '05:00' },
    });
    expect(commands(await nextFor('ana'))).toEqual(['ack 1-1']);
    await bot.types('bo', 'ack', 1);
    expect(await nextFor('ana')).toMatchObject({ sentence: 'Nobody is Incident Commander.', urgent: true });
    await bot.types('bo', 'role ic @me', 1);
    expect(await nextFor('ana')).toMatchObject({ sentence: 'Say what you know.', urgent: false, tick: { shown: '15:00' } });
  });

  it('shouts when nobody acknowledged at all', async () => {
    await bot.types('ana', 'sev1 Checkout is down on checkout');
    await bot.fastForward('2h');
    expect((await nextFor('ana')).sentence).toBe('Nobody acknowledged. Call people by phone.');
  });

  it('is an offered handover for the one it is offered to, and for nobody else', async () => {
    await led();
    await bot.types('bo', 'handover ic @ana replicas are catching up', 1);
    expect((await nextFor('ana')).sentence).toBe('Bo Berg hands you Incident Commander. “replicas are catching up”');
    expect(commands(await nextFor('ana'))).toEqual(['handover accept ic']);
    expect((await nextFor('bo')).sentence).not.toContain('hands you');
  });

  it('is an approval for those who may give it, not for the one who asks', async () => {
    await led();
    await bot.types('ana', 'switch read-only on because the primary is losing writes', 1);
    expect(await nextFor('bo')).toMatchObject({ sentence: expect.stringContaining('Ana Lima asks for Read-only mode'), urgent: true });
    expect(commands(await nextFor('bo'))).toEqual(['approve read-only r1', 'decline read-only r1']);
    expect((await nextFor('ana')).sentence).not.toContain('asks for');
  });

  it('is the update that is overdue', async () => {
    await led();
    await bot.types('bo', 'update We are on it. next 5m', 1);
    expect(await nextFor('ana')).toMatchObject({ urgent: false, tick: { shown: '05:00' } });
    const late = { ...exampleCatalog };
    const view = await bot.bot.readings.incident(1);
    if (view === null) throw new Error('there is no incident');
    const ana = late.people['ana'];
    if (ana === undefined) throw new Error('there is no ana');
    const viewer = viewerOf(ana, late, bot.clock.now() + 6 * 60_000);
    expect(nextThing({ view, switches: [], viewer })?.sentence).toBe('The status update is overdue.');
  });

  it('is to start the runbook there is', async () => {
    await led();
    const parsed = parseRunbook(
      '---\nid: restore\ntitle: Restore\nclock: 15m\n---\n\n# Restore\n\n## Look\n\n```step\ndo: manual\n```\n',
      'restore.md',
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const catalog = {
      ...exampleCatalog,
      runbooks: { restore: parsed.runbook },
      incidents: { ...exampleCatalog.incidents, runbook: 'restore' },
    };
    expect(commands(await nextFor('ana', catalog))).toEqual(['runbook start restore']);
  });

  it('is to watch, to resolve, to write the postmortem, and in the end nothing', async () => {
    await led();
    await bot.types('bo', 'status mitigated rolled back', 1);
    expect(commands(await nextFor('ana'))).toEqual(['resolve']);
    await bot.types('bo', 'resolve rolled back', 1);
    expect(commands(await nextFor('ana'))).toEqual(['postmortem']);
    await bot.types('bo', 'status closed', 1);
    expect(await nextFor('ana')).toMatchObject({ sentence: 'This incident is closed.', buttons: [] });
  });

  async function led(): Promise<void> {
    await bot.types('ana', 'sev1 Checkout is down on checkout');
    await bot.types('bo', 'ack', 1);
    await bot.types('bo', 'role ic @me', 1);
  }
});
