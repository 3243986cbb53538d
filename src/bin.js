#!/usr/bin/env node
// No newer syntax than ES2018, on purpose: a Node from 2019 must get as far as the sentence below instead of a syntax
// error. The rest of Allclear is TypeScript, which Node runs directly from version 24 on.
const NODE_MAJOR_MIN = 24;

const found = process.versions.node;
if (Number(found.split('.')[0]) < NODE_MAJOR_MIN) {
  const words = process.argv.slice(2).join(' ');
  const run = words === '' || words === 'start' ? 'npm start' : `npx node src/bin.js ${words}`;
  console.error(
    `Allclear needs Node ${NODE_MAJOR_MIN} or newer, this is Node ${found}: run "${run}", which uses the Node that "npm ci" installed.`,
  );
  process.exitCode = 1;
} else {
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
