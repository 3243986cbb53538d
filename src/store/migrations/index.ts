import type { Migration } from 'kysely/migration';
import { up as ledger } from './001-ledger.ts';
import { up as consoleMessages } from './002-console.ts';
import { up as platformNotes } from './003-platform-notes.ts';

/** In order of their names; a published one never changes. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-ledger': { up: ledger },
  '002-console': { up: consoleMessages },
  '003-platform-notes': { up: platformNotes },
};
