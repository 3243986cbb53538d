import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt, factOf, forgeContract, postmortem } from './forge-contract.ts';
import type { GateVerdict } from './forge-github-gate.ts';
import { type GithubWorld, openGithubWorld, TOKEN } from './forge-github-world.ts';

forgeContract('GitHub', openGithubWorld);

describe('GitHub', () => {
  let world: GithubWorld;
  beforeEach(async () => {
    world = await openGithubWorld();
  });
  afterEach(() => world.close());
  const publish = (markdown = postmortem.markdown) => world.forge.publish({ ...postmortem, markdown }, attempt());

  it('opens a request that names the incident and leads to it', async () => {
    const fact = factOf(await publish());
    const pull = await world.pull(postmortem.branch);
    expect(pull.title).toBe(postmortem.title);
    expect(pull.body).toMatch(/^\*\*Checkout is down\*\*, resolved after 45m\.\n[\s\S]*\n\nAllclear-Incident: 42$/);
    expect(fact['url']).toBe(pull.html_url);
    expect(new Set(world.gate.arrived.map(({ authorization }) => authorization))).toEqual(new Set([`token ${TOKEN}`]));
  });

  it('only reads when there is nothing to write', async () => {
    await publish();
    const before = world.gate.arrived.length;
    await publish();
    const methods = world.gate.arrived.slice(before).map(({ method }) => method);
    expect(methods.length).toBeGreaterThan(0);
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });

  it('keeps what people made of the title and the body', async () => {
    await publish();
    const { number } = await world.pull(postmortem.branch);
    const edited = { title: 'Our title', body: 'Our words' };
    const headers = { authorization: `token ${TOKEN}`, 'content-type': 'application/json' };
    const path = `${world.gate.url}/repos/octocat/postmortems/pulls/${number}`;
    await fetch(path, { method: 'PATCH', headers, body: JSON.stringify(edited) });
    await publish('# Two\n');
    expect(await world.pull(postmortem.branch)).toMatchObject(edited);
  });

  it('opens a new request when the last one was closed unmerged', async () => {
    await publish();
    const { number } = await world.pull(postmortem.branch);
    const headers = { authorization: `token ${TOKEN}`, 'content-type': 'application/json' };
    const path = `${world.gate.url}/repos/octocat/postmortems/pulls/${number}`;
    await fetch(path, { method: 'PATCH', headers, body: JSON.stringify({ state: 'closed' }) });
    factOf(await publish());
    expect(await world.proposals(postmortem.branch)).toBe(1);
    expect(await world.commits(postmortem.branch)).toBe(1);
  });
});

describe('a crash between any two steps on GitHub', () => {
  /** Requests of a first publication, and of one after a merge with news. */
  const steps = Array.from({ length: 10 }, (_, index) => index + 1);
  const losses: readonly Extract<GateVerdict, string>[] = ['lose-request', 'lose-answer'];

  for (const loss of losses) {
    it(`(${loss}) ends in one request with one commit after the next attempt`, async () => {
      let injected = 0;
      for (const step of steps) {
        const world = await openGithubWorld();
        world.gate.rule(({ number }) => (number === step ? loss : 'pass'));
        const first = await world.forge.publish(postmortem, attempt());
        if (first.outcome !== 'done') {
          injected += 1;
          expect(first).toMatchObject({ outcome: 'retry', reason: 'unreachable' });
          factOf(await world.forge.publish(postmortem, attempt()));
        }
        expect(await world.proposals(postmortem.branch)).toBe(1);
        expect(await world.commits(postmortem.branch)).toBe(1);
        expect(await world.text(postmortem.branch, postmortem.path)).toBe(postmortem.markdown);
        await world.close();
      }
      // Seven requests: list, branch, base, make branch, read file, write file, open.
      expect(injected).toBe(7);
    });

    it(`(${loss}) after a merge ends the same way`, async () => {
      let injected = 0;
      for (const step of steps) {
        const world = await openGithubWorld();
        factOf(await world.forge.publish(postmortem, attempt()));
        await world.merge(postmortem.branch);
        const before = world.gate.arrived.length;
        world.gate.rule(({ number }) => (number === before + step ? loss : 'pass'));
        const news = { ...postmortem, markdown: '# News\n' };
        if ((await world.forge.publish(news, attempt())).outcome !== 'done') {
          injected += 1;
          factOf(await world.forge.publish(news, attempt()));
        }
        expect(await world.proposals(postmortem.branch)).toBe(1);
        expect(await world.commits(postmortem.branch)).toBe(1);
        expect(await world.text(postmortem.branch, postmortem.path)).toBe('# News\n');
        await world.close();
      }
      // Eight: list, file at the base, branch, base, move branch, read file, write file, open.
      expect(injected).toBe(8);
    });
  }
});
