import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openStage, type Stage, say } from './stage.ts';

const STORY_MS_MAX = 60_000;
const PHONE = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true };
/** Each does something wherever a page takes it for more than text. */
const HOSTILE = [
  '<script>window.caught = 1</script>',
  '<img src=x onerror="window.caught = 1">',
  '"><svg/onload=window.caught=1>',
  "'-window.caught=1-'",
  '{{constructor.constructor("window.caught=1")()}}',
  '</textarea></title><script>window.caught=1</script>',
  '[[Click|cancel because hostile|danger]] [link](javascript:window.caught=1) <@bo> **x**',
  'javascript:window.caught=1',
];

/** The element that has the focus, in words. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    "(() => { const e = document.activeElement; return (e.innerText || e.value || e.getAttribute('name') || e.id || e.tagName).trim(); })()",
  );
}
async function tabTo(page: Page, words: string | RegExp): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (typeof words === 'string' ? now === words : words.test(now)) return;
  }
  throw new Error(`Tab never reaches ${words}`);
}

// Without a browser nothing can be seen; stage.ts says so loudly, and on CI these run or fail.
describe.skipIf(!hasBrowser)('the console for everybody', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.stop());

  it(
    'is used by keyboard alone, with the focus in sight',
    async () => {
      const page = await stage.stranger();
      await page.goto(stage.url);
      await tabTo(page, /^Ana Lima/);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${stage.url}/`);

      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to the content');
      const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
      expect(outline).toBe('solid');
      await page.keyboard.press('Enter');
      await page.keyboard.press('/');
      await page.keyboard.type('sev1 Checkout is down');
      await page.keyboard.press('Enter');
      await page.waitForURL(/incidents\/\d+/);

      await tabTo(page, 'Acknowledge');
      await page.keyboard.press('Enter');
      await page.locator('.situation-who', { hasText: 'Acknowledged' }).getByText('Ana Lima').waitFor();
      await page.keyboard.press('Escape');

      await page.keyboard.press('/');
      await page.keyboard.type('ro');
      await page.getByRole('option', { name: '/role' }).waitFor();
      await page.keyboard.press('ArrowDown');
      expect(await page.locator('#line').getAttribute('aria-activedescendant')).toBe('line-completion-0');
      await page.keyboard.press('Enter');
      await page.keyboard.type('ic @c');
      await page.getByRole('option', { name: '@cy' }).waitFor();
      await page.keyboard.press('Tab');
      expect(await page.locator('#line').inputValue()).toBe('/role ic @cy ');
      await page.keyboard.press('Enter');
      await page.locator('.situation-who').getByText('Cy Okafor').waitFor();
      await page.keyboard.press('ArrowUp');
      expect(await page.locator('#line').inputValue()).toBe('/role ic @cy');
      expect(stage.complaints).toEqual([]);
    },
    STORY_MS_MAX,
  );

  it('works without JavaScript: forms, answers, complaints', async () => {
    const page = await stage.person('bo', { javaScriptEnabled: false });
    await page.locator('#line').fill('sev3 Search is slow');
    await page.getByRole('button', { name: 'Declare' }).click();
    await page.waitForURL(/incidents\/\d+\?reply=/);
    expect(await page.locator('h1').textContent()).toBe('Search is slow');
    expect(await page.locator('.reply').textContent()).toContain('Search is slow');
    // The living card follows the declare; a page that cannot be told so is loaded again.
    const update = page.locator('.situation').getByRole('button', { name: 'Update' });
    const seen = async (): Promise<number> => {
      await page.reload();
      return update.count();
    };
    await expect.poll(seen, { timeout: 10_000 }).toBe(1);
    await update.click();
    await page.getByRole('textbox', { name: 'Next' }).fill('soon');
    await page.getByRole('textbox', { name: /^Text/ }).fill('Looking at the index');
    await page.locator('[data-form]').getByRole('button', { name: 'Send' }).click();
    expect(await page.locator('[data-complaint="field.next"]').textContent()).toContain('soon');
    expect(await page.getByRole('textbox', { name: /^Text/ }).inputValue()).toBe('Looking at the index');
    await page.getByRole('textbox', { name: 'Next' }).fill('30m');
    await page.locator('[data-form]').getByRole('button', { name: 'Send' }).click();
    await page.locator('#line').fill('plain words');
    await page.locator('.composer-send').click();
    expect(await page.locator('.message-words').allTextContents()).toEqual([expect.stringContaining('plain words')]);
    expect(await page.locator('#timeline').textContent()).toContain('Looking at the index');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
  });

  it(
    'shows hostile text as the text it is',
    async () => {
      const page = await stage.person('ana');
      await say(page, `sev4 ${HOSTILE[0]}`);
      await page.waitForURL(/incidents\/\d+/);
      expect(await page.locator('h1').textContent()).toBe(HOSTILE[0]);
      for (const text of HOSTILE) {
        await say(page, text);
        await say(page, `/note ${text}`);
      }
      await page
        .locator('.message-words')
        .nth(HOSTILE.length - 1)
        .waitFor();
      const said = await page.locator('.message-words .message-body').allTextContents();
      expect(said.map((text) => text.trim())).toEqual(HOSTILE);
      const lines = page.locator('.line[data-type="incident.noted"]');
      await expect.poll(() => lines.count(), { timeout: 10_000 }).toBe(HOSTILE.length);
      await page.locator('.message-words').first().getByRole('button', { name: /^Pin/ }).click();
      await page.locator('.line[data-type="incident.pinned"]', { hasText: HOSTILE[0] ?? '' }).waitFor();
      await page.goto(stage.url);
      await page.locator('.incident-title', { hasText: HOSTILE[0] ?? '' }).waitFor();
      expect(await page.evaluate('window.caught')).toBeUndefined();
      expect(await page.locator('main :is(script, img, svg)').count()).toBe(0);
      expect(stage.complaints).toEqual([]);
    },
    STORY_MS_MAX,
  );

  it('fits a phone: nothing scrolls sideways, and what is pressed is large enough', async () => {
    const page = await stage.person('ana', PHONE);
    await say(page, `sev2 ${'A title without any break '.repeat(5).trim()}`);
    await page.waitForURL(/incidents\/\d+/);
    await say(page, `${'x'.repeat(300)} https://example.com/${'y'.repeat(200)}`);
    await page.locator('.message-words').waitFor();
    for (const path of [new URL(page.url()).pathname, '/', '/switches', '/oncall', '/me']) {
      await page.goto(`${stage.url}${path}`);
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 375]);
      // WCAG 2.2, 2.5.8: at least 24 by 24 CSS pixels.
      const small = await page.evaluate<string[]>(
        "[...document.querySelectorAll('button, textarea, summary')].filter((e) => e.offsetParent !== null && (e.offsetHeight < 24 || e.offsetWidth < 24)).map((e) => e.outerHTML)",
      );
      expect(small).toEqual([]);
    }
  });

  it('is live again by itself after the connection was lost, with all that happened meanwhile', async () => {
    const bo = await stage.person('bo');
    const ana = await stage.person('ana');
    await bo.locator('[data-live="on"]').waitFor();
    await bo.context().setOffline(true);
    await bo.evaluate("window.dispatchEvent(new Event('pagehide'))");
    await say(ana, 'sev3 Meanwhile');
    await ana.waitForURL(/incidents\/\d+/);
    await bo.context().setOffline(false);
    await bo.evaluate("window.dispatchEvent(new Event('pageshow'))");
    await bo.getByText('Meanwhile').waitFor();
  });
});
