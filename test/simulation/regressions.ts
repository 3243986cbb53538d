import { readFileSync, writeFileSync } from 'node:fs';
import type { Report } from './simulate.ts';

/** A night that once broke a law; CI plays each of them again. */
export interface Regression {
  readonly seed: number;
  readonly hours: number;
  readonly faults: readonly string[];
  /** What was wrong. */
  readonly found: string;
}

const LIST = new URL('./regressions.json', import.meta.url);

/** Puts a night on the list, once. Answers false when it is there already. */
export function addRegression({ seed, hours, faults, violations }: Report, list: URL = LIST): boolean {
  const known = JSON.parse(readFileSync(list, 'utf8')) as readonly Regression[];
  const same = known.some((one) => one.seed === seed && one.hours === hours && one.faults.join() === faults.join());
  if (same) return false;
  const [first] = violations;
  const found = first === undefined ? 'nothing' : `${first.law}: ${first.detail}`;
  writeFileSync(list, `${JSON.stringify([...known, { seed, hours, faults, found }], null, 2)}\n`);
  return true;
}
