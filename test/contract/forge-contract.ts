import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followupActs } from '../../src/domain/followups/acts.ts';
import type { Attempt, Forge, Outcome } from '../../src/engine/ports.ts';
import type { PostmortemFile } from '../../src/readings/postmortem-file.ts';

/** A forge with what stands behind it, looked at by other means than the forge's own. */
export interface ForgeWorld {
  readonly forge: Forge;
  /** The file's text on a branch, null when it is not there. */
  text(branch: string, path: string): Promise<string | null>;
  /** How many commits the branch has that its base has not. */
  commits(branch: string): Promise<number>;
  /** The message of the branch's last commit. */
  message(branch: string): Promise<string>;
  /** How many open proposals there are to take the branch. */
  proposals(branch: string): Promise<number>;
  /** Somebody else commits a file to the branch. */
  commitByHand(branch: string, path: string, text: string): Promise<void>;
  /** Somebody takes the branch into the base. */
  merge(branch: string): Promise<void>;
  close(): Promise<void>;
}

export const BASE = 'main';
export const postmortem: PostmortemFile = {
  incident: 42,
  title: 'Postmortem inc-42: Checkout is down',
  path: 'postmortems/2026/inc-42-checkout-is-down.md',
  branch: 'postmortem/inc-42',
  markdown: '# Größe\r\n\n| a \\| b |\n\u{1F4CC} no line end',
  summary: '**Checkout is down**, resolved after 45m.',
};
const other: PostmortemFile = { ...postmortem, incident: 7, path: 'postmortems/2026/inc-7.md', branch: 'postmortem/inc-7' };

export function attempt(signal: AbortSignal = new AbortController().signal): Attempt {
  return { key: '12-1', number: 1, signal };
}
/** The fact a publication came to; fails unless it is done and its act is one that the ledger takes. */
export function factOf(outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.outcome !== 'done') throw new Error(`not published: ${JSON.stringify(outcome)}`);
  const [{ type, ...data } = { type: 'none' }] = outcome.acts ?? [];
  expect(type).toBe('followup.published');
  expect(outcome.acts).toHaveLength(1);
  return followupActs['followup.published'].data.parse(data);
}

/** What every forge promises. */
export function forgeContract(name: string, open: () => Promise<ForgeWorld>): void {
  describe(`${name}, as every forge,`, () => {
    let world: ForgeWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());
    const publish = (file: PostmortemFile): Promise<Outcome> => world.forge.publish(file, attempt());

    it('publishes exactly the text on the branch of the incident', async () => {
      const fact = factOf(await publish(postmortem));
      expect(fact).toMatchObject({ incident: 42, branch: postmortem.branch, path: postmortem.path, forge: world.forge.name });
      expect(await world.text(postmortem.branch, postmortem.path)).toBe(postmortem.markdown);
      expect(await world.text(BASE, postmortem.path)).toBeNull();
      expect(await world.commits(postmortem.branch)).toBe(1);
      expect(await world.message(postmortem.branch)).toMatch(/^Postmortem inc-42: Checkout is down\n\nAllclear-Incident: 42\n?$/);
      expect(await world.proposals(postmortem.branch)).toBe(1);
    });

    it('changes nothing when asked for the same text again', async () => {
      const first = factOf(await publish(postmortem));
      expect(factOf(await publish(postmortem))).toEqual(first);
      expect(await world.commits(postmortem.branch)).toBe(1);
      expect(await world.proposals(postmortem.branch)).toBe(1);
    });

    it('brings the same proposal up to date with a new text', async () => {
      const first = factOf(await publish(postmortem));
      const second = factOf(await publish({ ...postmortem, markdown: '# Two\n' }));
      expect(second['url']).toBe(first['url']);
      expect(second['commit']).not.toBe(first['commit']);
      expect(await world.text(postmortem.branch, postmortem.path)).toBe('# Two\n');
      expect(await world.commits(postmortem.branch)).toBe(2);
      expect(await world.proposals(postmortem.branch)).toBe(1);
    });

    it('keeps incidents apart', async () => {
      factOf(await publish(postmortem));
      factOf(await publish(other));
      expect(await world.text(other.branch, other.path)).toBe(other.markdown);
      expect(await world.text(other.branch, postmortem.path)).toBeNull();
      expect(await world.proposals(postmortem.branch)).toBe(1);
      expect(await world.proposals(other.branch)).toBe(1);
    });

    it('leaves what people added to the branch, and their commits', async () => {
      factOf(await publish(postmortem));
      await world.commitByHand(postmortem.branch, 'postmortems/2026/graph.txt', 'a graph\n');
      await world.commitByHand(postmortem.branch, postmortem.path, '# By hand\n');
      factOf(await publish({ ...postmortem, markdown: '# Three\n' }));
      expect(await world.text(postmortem.branch, 'postmortems/2026/graph.txt')).toBe('a graph\n');
      expect(await world.text(postmortem.branch, postmortem.path)).toBe('# Three\n');
      expect(await world.commits(postmortem.branch)).toBe(4);
    });

    it('has nothing to do after the merge, until there is news', async () => {
      factOf(await publish(postmortem));
      await world.merge(postmortem.branch);
      expect(await world.proposals(postmortem.branch)).toBe(0);
      const again = factOf(await publish(postmortem));
      expect(factOf(await publish(postmortem))).toEqual(again);
      expect(await world.proposals(postmortem.branch)).toBe(0);
      await world.commitByHand(BASE, 'postmortems/README.md', 'meanwhile\n');
      factOf(await publish({ ...postmortem, markdown: '# News\n' }));
      expect(await world.text(postmortem.branch, 'postmortems/README.md')).toBe('meanwhile\n');
      expect(await world.proposals(postmortem.branch)).toBe(1);
      expect(await world.commits(postmortem.branch)).toBe(1);
      expect(await world.text(postmortem.branch, postmortem.path)).toBe('# News\n');
    });

    it('carries a very long text', async () => {
      const markdown = `${'A line of the timeline, repeated.\n'.repeat(30_000)}end`;
      factOf(await publish({ ...postmortem, markdown }));
      expect(await world.text(postmortem.branch, postmortem.path)).toBe(markdown);
    });

    it('answers an attempt whose time is up as one to try again', async () => {
      expect(await world.forge.publish(postmortem, attempt(AbortSignal.abort()))).toMatchObject({ outcome: 'retry', reason: 'timeout' });
      expect(await world.text(postmortem.branch, postmortem.path)).toBeNull();
    });

    it.each([
      { path: '.github/workflows/x.yml' },
      { path: 'postmortems/2026/../../x.md' },
      { path: 'postmortems/2026/x.md\n' },
      { branch: 'main' },
      { branch: 'postmortem/inc-1/../../main' },
    ])('never writes to another place: %j', async (place) => {
      await expect(publish({ ...postmortem, ...place })).rejects.toThrow('a postmortem is not written');
    });
  });
}
