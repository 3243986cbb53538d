import { styleText } from 'node:util';
import { builtIn } from '../compose.ts';
import { check } from '../config/check.ts';
import { readSettings, type Settings } from '../config/environment.ts';
import { loadConfiguration } from '../config/load.ts';
import { redactedSettings } from '../config/redacted-settings.ts';
import { readableText } from '../kit/escape.ts';
import { templateProblems } from './check.ts';
import { lookAtDirectory, lookAtLedger } from './doctor/data.ts';
import { lookAtDiscord } from './doctor/discord.ts';
import { broken, type Finding, good, warning } from './doctor/finding.ts';
import { lookAtClock, lookAtNode, lookAtZones } from './doctor/machine.ts';
import { lookAtSlack } from './doctor/slack.ts';
import { lookAtConsole, lookAtForge, lookAtMail, lookAtSecrets } from './doctor/world.ts';
import type { Flags } from './flags.ts';
import { ledgerIn } from './open-ledger.ts';
import { readFile } from './settings.ts';

interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly settings: Readonly<Record<string, string>>;
}

/** `allclear doctor`: what works, what does not, and what to do now. Exit code 1 when something essential is broken. */
export async function run(_words: readonly string[], flags: Flags): Promise<number> {
  const diagnosis = await diagnose();
  const isWell = diagnosis.findings.every(({ level }) => level !== 'broken');
  if (flags['json'] === true) console.log(JSON.stringify({ ok: isWell, ...diagnosis }, null, 2));
  else show(diagnosis);
  return isWell ? 0 : 1;
}

async function diagnose(): Promise<Diagnosis> {
  const machine = [lookAtNode(), await lookAtClock(), lookAtZones()];
  const read = readSettings(process.env, readFile);
  if (!read.ok) {
    const problems = read.problems.map(({ variable, sentence }) => broken('settings', `${variable}: ${sentence}`, `Correct ${variable}.`));
    return { findings: [...machine, ...problems], settings: {} };
  }
  const { settings } = read;
  const findings = [
    ...machine,
    ...(await lookAtDirectory(settings)),
    ...(await ledgerFindings(settings)),
    ...(await catalogFindings(settings)),
  ];
  return { findings: [...findings, await lookAtForge(settings), await lookAtConsole(settings)], settings: redactedSettings(settings) };
}

async function ledgerFindings(settings: Settings): Promise<readonly Finding[]> {
  const opened = await ledgerIn(settings);
  if (opened === null) return [good('ledger', 'there is none yet; it is made at the first start')];
  if (!opened.ok) return [broken('ledger', opened.sentence, 'Keep that file, put a copy back, or set ALLCLEAR_DATA.')];
  try {
    return await lookAtLedger(settings, opened.store);
  } finally {
    await opened.store.close();
  }
}

/** The configuration, and what only makes sense to ask once there is one. */
async function catalogFindings(settings: Settings): Promise<readonly Finding[]> {
  const place = { file: settings.configFile, builtIn: builtIn(settings) };
  const found = await check(place, Date.now(), templateProblems);
  const errors = found.filter(({ level }) => level === 'error').length;
  const counted = `${errors} errors, ${found.length - errors} warnings in ${settings.configFile}`;
  const next = 'See them: allclear check';
  const loaded = await loadConfiguration(place);
  if (errors > 0 || !loaded.ok) return [broken('configuration', `${counted}.`, next)];
  const configuration = found.length > 0 ? warning('configuration', `${counted}.`, next) : good('configuration', counted);
  const { catalog } = loaded;
  return [
    configuration,
    await lookAtMail(settings, catalog),
    ...(await lookAtSlack(settings, catalog)),
    ...(await lookAtDiscord(settings, catalog)),
    ...lookAtSecrets(settings, catalog),
  ];
}

const MARKS = { good: ['✓', 'green'], warning: ['!', 'yellow'], broken: ['✗', 'red'] } as const;

function show({ findings, settings }: Diagnosis): void {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  for (const { subject, level, sentence, next } of findings) {
    const [mark, colour] = MARKS[level];
    console.log(`${styleText(colour, mark, { stream: process.stdout })} ${subject.padEnd(width)}  ${readableText(sentence)}`);
    if (next !== null) console.log(`  ${' '.repeat(width)}  → ${next}`);
  }
  if (Object.keys(settings).length > 0) console.log('\nSettings (variables of the environment):');
  for (const [variable, value] of Object.entries(settings)) console.log(`  ${variable.padEnd(20)} ${readableText(value)}`);
}
