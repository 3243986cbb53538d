import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { startBot } from '../../src/main.ts';

/** Debian's browser; another one can be named. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const mustRun = process.env['CI'] === 'true' || process.env['REQUIRE_ALL'] === '1';

/** Whether these tests can run. Said loudly where not; on CI and with REQUIRE_ALL=1 they fail instead. */
export const hasBrowser = existsSync(CHROMIUM) || mustRun;
if (!hasBrowser) console.warn(`SKIPPED: no browser at ${CHROMIUM}. Install Debian's chromium, or set CHROMIUM, to see the console work.`);

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Longer than anything takes to appear on a busy machine, shorter than a test: the failure names what did not. */
const WAIT_MS_MAX = 12_000;
const PEOPLE = { ana: 'Ana Lima', bo: 'Bo Berg', cy: 'Cy Okafor' } as const;
export type PersonId = keyof typeof PEOPLE;

/** The whole bot as `allclear start` runs it, on a free port and a directory of its own. */
export interface BotUnderTest {
  readonly url: string;
  readonly secret: string;
  stop(): Promise<void>;
}
/** A browser before it. */
export interface Stage extends BotUnderTest {
  /** A browser of its own for a person, signed in, at the overview. Complaints of its pages are kept. */
  person(id: PersonId, options?: BrowserContextOptions): Promise<Page>;
  /** A browser that is not signed in. */
  stranger(options?: BrowserContextOptions): Promise<Page>;
  /** Everything the pages complained about so far: script errors, refused content, failed requests. */
  readonly complaints: string[];
}

export async function startBotUnderTest(): Promise<BotUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'allclear-console-'));
  const secret = 'end to end, and nowhere else: 0123456789abcdef';
  const read = readSettings(
    {
      PORT: '0',
      ALLCLEAR_CONFIG: join(import.meta.dirname, 'company', 'allclear.yaml'),
      ALLCLEAR_DATA: join(directory, 'data'),
      POSTMORTEM_DIR: join(directory, 'postmortems'),
      ALLCLEAR_SECRET: secret.replaceAll(/[ :,]/g, '-'),
      LOG_LEVEL: 'error',
    },
    () => '',
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const log: string[] = [];
  const started = await startBot(read.settings, {
    clock: systemClock,
    randomness: systemRandomness,
    variables: {},
    readFile: () => '',
    write: (line) => void log.push(line),
    isTerminal: false,
  });
  if (!started.ok) throw new Error(started.problems.join('\n'));
  const { running } = started;
  return {
    url: running.url,
    secret: read.settings.secret ?? '',
    async stop() {
      await running.stop();
      rmSync(directory, { recursive: true });
      // A mistake of ours that no page showed would otherwise pass unseen.
      if (log.length > 0) throw new Error(`the bot complained:\n${log.join('')}`);
    },
  };
}

export async function openStage(): Promise<Stage> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
  const bot = await startBotUnderTest();
  const complaints: string[] = [];
  const stranger = async (options: BrowserContextOptions = {}): Promise<Page> => openPage(browser, complaints, options);
  return {
    ...bot,
    complaints,
    stranger,
    async person(id, options) {
      const page = await stranger(options);
      await page.goto(`${bot.url}/sign-in`);
      await page.getByRole('button', { name: PEOPLE[id] }).click();
      await page.waitForURL(`${bot.url}/`);
      return page;
    },
    async stop() {
      await browser.close();
      await bot.stop();
    },
  };
}

async function openPage(browser: Browser, complaints: string[], options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  return page;
}

/** Types a line and sends it. */
export async function say(page: Page, line: string): Promise<void> {
  const area = page.locator('#line');
  await area.fill(line);
  await area.press('Enter');
}
