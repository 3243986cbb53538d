import type { Migration } from 'kysely/migration';
import { up as ledger } from './001-ledger.ts';
import { up as consoleMessages } from './002-console.ts';
import { up as platformNotes } from './003-platform-notes.ts';
import { up as quietConsole } from './004-quiet-console.ts';
import { up as effectsByPlace } from './005-effects-by-place.ts';

/** In order of their names; a published one never changes, and a new one leaves the release before it working. */
export const postgresMigrations: Readonly<Record<string, Migration>> = {
  '001-ledger': { up: ledger },
  '002-console': { up: consoleMessages },
  '003-platform-notes': { up: platformNotes },
  '004-quiet-console': { up: quietConsole },
  '005-effects-by-place': { up: effectsByPlace },
};
