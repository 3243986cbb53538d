import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, median } from './measure.ts';

const STARTS = 5;

/** Start-up until the ready line and memory then, beside an empty Node; and memory at the end of the demo. */
export async function processFigures(directory: string): Promise<readonly Figure[]> {
  const ready: number[] = [];
  const residents: number[] = [];
  const empty: number[] = [];
  const emptyResidents: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const bare = await measureProcess(['-e', 'console.log("ready");setInterval(() => {}, 1000)'], {});
    empty.push(bare.readyMs);
    emptyResidents.push(bare.residentMb);
    const bot = await measureProcess(['src/bin.js', 'start', '--json'], {
      ALLCLEAR_DATA: join(directory, `start-${start}`),
      PORT: '0',
      LOG_LEVEL: 'silent',
    });
    ready.push(bot.readyMs);
    residents.push(bot.residentMb);
  }
  const demo = await demoMegabytes();
  return [
    { what: 'ready after (floor: empty Node)', ours: median(ready), floor: median(empty), unit: 'ms', aim: '< 1,500 ms' },
    { what: 'resident when ready (floor: empty Node)', ours: median(residents), floor: median(emptyResidents), unit: 'MB', aim: '–' },
    { what: 'resident at rest after the demo', ours: demo, floor: null, unit: 'MB', aim: '< 130 MB' },
  ];
}

/** Runs a program until its first line, and looks at it then. */
export async function measureProcess(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<{ readyMs: number; residentMb: number }> {
  const from = performance.now();
  const child = spawn(process.execPath, args, { env: { ...process.env, ...variables }, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  const readyMs = performance.now() - from;
  const residentMb = residentOf(child.pid) ?? Number.NaN;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return { readyMs, residentMb };
}

/** Linux says it in /proc; elsewhere there is no figure. */
function residentOf(pid: number | undefined): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
  } catch {
    return null;
  }
}

/** As the demo itself says at its end: come to rest, as a bot is a minute after an incident. */
async function demoMegabytes(): Promise<number> {
  const child = spawn(process.execPath, ['src/bin.js', 'demo', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    shown += String(chunk);
  });
  await once(child, 'close');
  const { rssBytes } = JSON.parse(shown.trim().split('\n').at(-1) ?? '') as { readonly rssBytes: number };
  return rssBytes / 2 ** 20;
}
