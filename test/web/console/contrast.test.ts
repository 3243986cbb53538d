import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const CSS = readFileSync('templates/console/assets/console.css', 'utf8');
/** WCAG 2.2, 1.4.3 (text) and 1.4.11 (what shows a control). */
const TEXT_MIN = 4.5;
const CONTROL_MIN = 3;

/** Text on what it stands on. */
const TEXT: readonly (readonly [string, string])[] = [
  ...['surface', 'ground', 'sunken', 'accent-soft', 'alarm-soft', 'warm-soft'].map((ground) => ['ink', ground] as const),
  ...['surface', 'ground', 'accent-soft', 'warm-soft', 'alarm-soft'].map((ground) => ['muted', ground] as const),
  ['accent-ink', 'accent'],
  ['accent', 'surface'],
  ['accent', 'accent-soft'],
  ['alarm', 'surface'],
  ['alarm', 'ground'],
  ['alarm', 'alarm-soft'],
  ['warm', 'surface'],
  ['warm', 'warm-soft'],
  ...['sev1', 'sev2', 'sev3', 'sev4'].map((severity) => ['sev-ink', severity] as const),
];
const CONTROLS: readonly (readonly [string, string])[] = [
  ['line-strong', 'surface'],
  ['accent', 'surface'],
  ['accent', 'ground'],
];

function colours(css: string): Readonly<Record<string, string>> {
  const block = /:root\s*\{([^}]*)\}/.exec(css)?.[1] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]));
}
const light = colours(CSS);
const dark = { ...light, ...colours(CSS.slice(CSS.indexOf('@media (prefers-color-scheme: dark)'))) };

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s colours', (_name, scheme) => {
  it.each([...TEXT.map((pair) => [...pair, TEXT_MIN] as const), ...CONTROLS.map((pair) => [...pair, CONTROL_MIN] as const)])(
    'keep %s legible on %s',
    (front, ground, least) => {
      const [one, other] = [scheme[front], scheme[ground]];
      if (one === undefined || other === undefined) throw new Error(`there is no colour ${front} or ${ground}`);
      expect(contrast(one, other)).toBeGreaterThanOrEqual(least);
    },
  );

  it('are told apart', () => expect(scheme).not.toEqual(_name === 'light' ? dark : light));
});
