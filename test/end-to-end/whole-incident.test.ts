import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openStage, type Stage, say } from './stage.ts';

/** A story of some forty clicks in two browsers; two busy processor cores need their time. */
const STORY_MS_MAX = 90_000;
const TITLE = 'Checkout is down';

/** A button by its words, in one part of the page. */
function button(page: Page, part: string, name: string | RegExp) {
  return page.locator(part).getByRole('button', { name, exact: typeof name === 'string' });
}
const NEXT = '.situation-next';

// Without a browser nothing can be seen; stage.ts says so loudly, and on CI these run or fail.
describe.skipIf(!hasBrowser)('a whole incident in two browsers', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.stop());

  it(
    'is declared, acknowledged, led, recovered under two-person control, resolved and written up',
    async () => {
      const ana = await stage.person('ana');
      const bo = await stage.person('bo');
      await ana.getByText('No incident is open.').waitFor();

      await say(ana, `sev1 ${TITLE}`);
      await ana.waitForURL(/\/incidents\/1\?reply=/);
      await ana.getByRole('heading', { level: 1, name: TITLE }).waitFor();
      await ana.getByText('Take command', { exact: false }).first().waitFor();

      // Bo never loads his page again: what Ana did comes to him.
      await bo.getByText('You are being paged').waitFor();
      await bo.getByRole('link', { name: TITLE }).first().click();
      await bo.locator(NEXT).getByText('Nobody has acknowledged the page yet.').waitFor();
      await button(bo, NEXT, 'Acknowledge').click();
      await ana.locator('.situation-who', { hasText: 'Acknowledged' }).getByText('Bo Berg').waitFor();

      await button(bo, NEXT, 'Take command').click();
      await ana.locator('.situation-who', { hasText: 'Incident Commander' }).getByText('Bo Berg').first().waitFor();
      await handsOver(bo, ana);
      await recovers(ana, bo);
      await switchesReadOnly(ana, bo);
      await tells(ana, bo);
      await ends(ana, bo);
      expect(stage.complaints).toEqual([]);
    },
    STORY_MS_MAX,
  );
});

async function handsOver(bo: Page, ana: Page): Promise<void> {
  // The button begins the command on the line, the rest is typed; people are completed.
  await button(bo, '#roles', /Hand over/).click();
  expect(await bo.locator('#line').inputValue()).toBe('/handover ic @');
  await bo.locator('#line').pressSequentially('an');
  await bo.getByRole('option', { name: '@ana' }).waitFor();
  await bo.keyboard.press('Tab');
  await bo.locator('#line').pressSequentially('primary is failing over, replicas are catching up');
  await bo.keyboard.press('Enter');
  await ana.locator(NEXT).getByText('hands you Incident Commander').waitFor();
  await button(ana, NEXT, 'Accept').click();
  await bo.locator('#roles .role', { hasText: 'Incident Commander' }).getByText('Ana Lima').waitFor();
}

async function recovers(ana: Page, bo: Page): Promise<void> {
  await button(ana, '#runbook', 'Start Restore service').click();
  const now = bo.locator('.step.is-now');
  await now.getByText('Confirm it').waitFor();
  await now.getByText('Open the product as a customer does, and do the one thing that matters most.').waitFor();
  const clock = bo.locator('.run-time');
  const before = await clock.textContent();
  await expect.poll(() => clock.textContent(), { timeout: 5_000 }).not.toBe(before);
  await button(bo, '.step.is-now', 'Done').click();
  await ana.locator('.step.is-now').getByText('Ask what changed').waitFor();
  await button(ana, '.step.is-now', 'Roll back').click();
  await now.getByText('Verify').waitFor();
  await bo.getByText('2 done').waitFor();
}

async function switchesReadOnly(ana: Page, bo: Page): Promise<void> {
  await button(ana, '#switches', 'Ask to turn on').click();
  await ana.locator('#line').pressSequentially('the primary is losing writes');
  await ana.keyboard.press('Enter');
  await bo.locator(NEXT).getByText('Ana Lima asks for Read-only mode').waitFor();
  // Nobody approves their own, neither by button nor by words.
  await ana.locator('#switches').getByText('nobody approves their own').waitFor();
  expect(await button(ana, '#switches', 'Approve').count()).toBe(0);
  await say(ana, '/approve read-only');
  await ana.locator('.reply-no').waitFor();
  expect(await ana.locator('#switches .standing-on').count()).toBe(0);
  await button(bo, NEXT, 'Approve').click();
  await ana.locator('#switches .standing-on').waitFor();
  await ana.locator('#switches').getByText('approved by Bo Berg').waitFor();
}

async function tells(ana: Page, bo: Page): Promise<void> {
  await button(ana, '.situation', 'Update').click();
  const form = ana.locator('[data-form]');
  await form.getByLabel('Next').fill('20m');
  // Sent without what is needed, it comes back with the complaint at the field and what was filled in.
  await form.getByRole('button', { name: 'Send' }).click();
  await form.locator('[data-complaint="field.text"]').waitFor();
  await form.getByLabel(/^Text/).fill('Card payments fail for everybody. Writes are stopped while we roll back.');
  expect(await form.getByLabel('Next').inputValue()).not.toBe('');
  await form.getByLabel('Next').fill('20m');
  await form.getByRole('button', { name: 'Send' }).click();
  await bo.locator('.situation-update').getByText('Card payments fail for everybody').waitFor();

  await say(bo, 'errors began with the deploy of payments 4.12');
  // Two lines sent faster than the first is answered both arrive.
  await say(bo, 'rolling it back now');
  await say(bo, 'done, errors are falling');
  const message = ana.locator('.message', { hasText: 'errors began with the deploy' });
  await message.waitFor();
  await ana.locator('.message', { hasText: 'errors are falling' }).waitFor();
  await message.getByRole('button', { name: 'Pin the message of Bo Berg' }).click();
  await bo.locator('#timeline').getByText('📌 Bo Berg: errors began with the deploy of payments 4.12').waitFor();
  await bo.locator('.message.is-pinned').waitFor();
}

async function ends(ana: Page, bo: Page): Promise<void> {
  await button(ana, '.situation', 'Mitigated').click();
  await bo.locator('.situation .status').getByText('mitigated').waitFor();
  await say(bo, '/resolve rolled back to 4.11');
  await ana.locator('.situation .status').getByText('resolved').waitFor();
  const said = ana.locator('.message', { hasText: 'is resolved' });
  await said.getByText('Still on:').waitFor();
  await said.getByRole('button', { name: /Turn read-only off/i }).click();
  await bo.locator('#switches').getByText('off', { exact: true }).waitFor();
  await button(ana, NEXT, 'Postmortem').click();
  await bo
    .locator('#timeline')
    .getByText(/postmortem/i)
    .first()
    .waitFor();
  const lines = await bo.locator('#timeline .line-text').allTextContents();
  for (const fact of [
    'Declared at sev1: Checkout is down',
    'Bo Berg acknowledged',
    'Ana Lima took over',
    'Roll back',
    'Update: Card payments',
    'Resolved',
  ]) {
    expect(lines.join('\n')).toContain(fact);
  }
}
