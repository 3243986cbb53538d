import { expect } from 'vitest';

/** What every platform's stage offers. */
interface Stage {
  presses(person: string, room: string, label: string): Promise<string>;
  sees(room: string, words: RegExp): Promise<void>;
}

/** Plays the runbook by its buttons until what it restores is restored. */
export async function recovered(stage: Stage, room: string): Promise<void> {
  await stage.presses('ana', room, 'Start runbook');
  await stage.sees(room, /Now: Confirm it/);
  await stage.presses('bo', room, 'Done');
  await stage.sees(room, /Now: Ask what changed/);
  await stage.presses('ana', room, 'Roll back');
  await stage.sees(room, /Now: Verify/);
  await stage.presses('bo', room, 'Done');
  await stage.sees(room, /Restore service · 3\/3/);
}

/** The second person lets what `ask` asked for happen. */
export async function approved(stage: Stage, room: string, ask: () => Promise<unknown>): Promise<void> {
  await ask();
  await stage.sees(room, /Approve Read-only mode/);
  // Nobody approves their own.
  expect(await stage.presses('ana', room, 'Approve')).toMatch(/own/);
  await stage.presses('bo', room, 'Approve');
  await stage.sees(room, /Switch Read-only mode: ON/);
}

/** What the timeline of the whole story says, wherever it was played. */
export const FACTS = [
  'Declared at sev1: Checkout is down',
  '<@bo> acknowledged',
  '<@ana> took over Incident Commander',
  'Update: Card payments fail',
  'Resolved: rolled back to 4.11',
  'Closed',
  'The rooms are to be archived',
];
