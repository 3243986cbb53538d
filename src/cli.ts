import { parseArgs } from 'node:util';
import type { Flags } from './cli/flags.ts';

/** One subcommand: its module is loaded only when it is asked for. */
interface Subcommand {
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<{ run(words: readonly string[], flags: Flags): Promise<number> }>;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  start: { usage: 'start [--json]', summary: 'run the bot', load: () => import('./cli/start.ts') },
  demo: { usage: 'demo', summary: 'play a whole incident by itself', load: () => import('./cli/demo.ts') },
  check: { usage: 'check', summary: 'validate configuration, runbooks and templates', load: () => import('./cli/check.ts') },
  doctor: { usage: 'doctor', summary: 'say what works, what does not, and what to do', load: () => import('./cli/doctor.ts') },
  say: {
    usage: 'say --as PERSON [--incident N] WORDS…',
    summary: 'type a command into the running bot',
    load: () => import('./cli/say.ts'),
  },
  oncall: { usage: 'oncall [--days N]', summary: 'who is on call, from the files alone', load: () => import('./cli/oncall.ts') },
  'sign-in': { usage: 'sign-in PERSON', summary: 'make a one-time link into the console', load: () => import('./cli/sign-in.ts') },
  audit: {
    usage: 'audit verify|export|checkpoint|key|effects [--file F]',
    summary: 'verify, export and sign the ledger',
    load: () => import('./cli/audit.ts'),
  },
  slack: { usage: 'slack manifest', summary: 'print the app for api.slack.com', load: () => import('./cli/slack.ts') },
  discord: { usage: 'discord invite', summary: 'print the address that lets the bot in', load: () => import('./cli/discord.ts') },
  rebuild: { usage: 'rebuild', summary: 'fold every snapshot anew from the ledger', load: () => import('./cli/rebuild.ts') },
  backup: { usage: 'backup FILE', summary: 'copy the whole ledger, beside running bots, verified', load: () => import('./cli/backup.ts') },
  restore: {
    usage: 'restore FILE [--forget-promises]',
    summary: 'put a backup into an empty ledger',
    load: () => import('./cli/restore.ts'),
  },
  export: { usage: 'export inc-N [--file F]', summary: 'write down one incident with its hashes', load: () => import('./cli/export.ts') },
  move: { usage: 'move postgres|embedded', summary: 'copy the ledger to the other engine', load: () => import('./cli/move.ts') },
};

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  as: { type: 'string' },
  incident: { type: 'string' },
  days: { type: 'string' },
  file: { type: 'string' },
  'forget-promises': { type: 'boolean' },
} as const;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const parsed = readWords(words);
  if (typeof parsed === 'string') return complain(parsed);
  const [name = 'help', ...rest] = parsed.words;
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (parsed.flags['help'] === true || name === 'help') return help();
  if (subcommand === undefined) return complain(`There is no subcommand "${name}".`);
  const { run } = await subcommand.load();
  return run(rest, parsed.flags);
}

function readWords(words: readonly string[]): { readonly words: readonly string[]; readonly flags: Flags } | string {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    return { words: positionals, flags: values };
  } catch (fault) {
    // parseArgs throws for unknown options; its message names them.
    return fault instanceof Error ? fault.message : String(fault);
  }
}

function help(): number {
  console.log('allclear: the incident bot\n');
  for (const { usage, summary } of Object.values(SUBCOMMANDS)) console.log(`  allclear ${usage.padEnd(52)} ${summary}`);
  console.log('\nSettings are environment variables; README.md has the table.');
  return 0;
}

function complain(problem: string): number {
  console.error(`${problem} Try: allclear help`);
  return 2;
}
