import { expect, it } from 'vitest';
import { createAudience } from '../../src/store/postgres-audience.ts';

it('may be there until it was counted, and again from the moment somebody comes', () => {
  const audience = createAudience();
  expect(audience.mayListen()).toBe(true);
  audience.counting()(1);
  expect(audience.mayListen()).toBe(true);
  audience.counting()(0);
  expect(audience.mayListen()).toBe(false);
  audience.came();
  expect(audience.mayListen()).toBe(true);
});

it('is there when somebody came while it was counted', () => {
  const audience = createAudience();
  const counted = audience.counting();
  audience.came();
  counted(0);
  expect(audience.mayListen()).toBe(true);
});
