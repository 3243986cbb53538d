import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearestName } from '../../src/kit/nearest-name.ts';

const SERVICES = ['checkout', 'search', 'api', 'orders', 'payments'];

describe('the nearest name', () => {
  it.each([
    ['chekout', 'checkout'],
    ['chekcout', 'checkout'],
    ['Search', 'search'],
    ['serach', 'search'],
    ['ap', 'api'],
    ['order', 'orders'],
    ['paymetns', 'payments'],
    ['banana', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ])('to %s is %s', (word, nearest) => {
    expect(nearestName(word, SERVICES)).toBe(nearest);
  });

  it('prefers the one fewer changes away', () => {
    expect(nearestName('sev', ['sev10', 'sev1'])).toBe('sev1');
  });

  it('counts two swapped neighbours as one change', () => {
    expect(nearestName('ab', ['ba'])).toBe('ba');
    expect(nearestName('ab', ['xy'])).toBeNull();
  });

  it('is the word itself when that is known', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.nat(), (names, pick) => {
        const name = names[pick % names.length] ?? '';
        expect(nearestName(name, names)).toBe(name);
      }),
    );
  });

  it('is offered as a question, or not at all', () => {
    expect(didYouMean('serach', SERVICES)).toBe(' Did you mean `search`?');
    expect(didYouMean('banana', SERVICES)).toBe('');
  });
});
