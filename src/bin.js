#!/usr/bin/env node
// No newer syntax than ES2018, on purpose: a Node from 2019 must get as far as the sentence below instead of a syntax
// error. The rest of Allclear is TypeScript, which Node runs directly from version 24 on.
const NODE_MAJOR_MIN = 24;

// glibc gives every thread a heap of its own and keeps what was freed in it: after a start that is 13 MB which nobody
// uses. Two heaps, and a mapping of its own for what is larger than 16 KiB, which goes back at once. The C library reads
// this when a process begins, others ignore it (mallopt(3)).
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '16384' };
const STAYS = ['start', 'demo'];

const found = process.versions.node;
if (Number(found.split('.')[0]) < NODE_MAJOR_MIN) {
  const words = process.argv.slice(2).join(' ');
  const run = words === '' || words === 'start' ? 'npm start' : `npx node src/bin.js ${words}`;
  console.error(
    `Allclear needs Node ${NODE_MAJOR_MIN} or newer, this is Node ${found}: run "${run}", which uses the Node that "npm ci" installed.`,
  );
  process.exitCode = 1;
} else {
  beginAgain();
  start().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

async function start() {
  const { enableCompileCache } = await import('node:module');
  const { fileURLToPath } = await import('node:url');
  // Keeps the TypeScript without its types and the compiled code beside the packages: half the time and memory of every
  // start but the first. Where that folder cannot be written, everything works as before.
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/allclear', import.meta.url)));
  await import('./cli.ts');
}

/** Becomes the same process with the allocator set, for commands that stay; an operator's own setting wins. */
function beginAgain() {
  const isSet = Object.keys(ALLOCATOR).some((name) => name in process.env);
  const stays = STAYS.includes(process.argv[2]);
  if (isSet || !stays || process.platform !== 'linux' || process.execve === undefined) return;
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], { ...process.env, ...ALLOCATOR });
}
