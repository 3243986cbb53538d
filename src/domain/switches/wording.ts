import type { SwitchKind } from '../catalog.ts';

/** A level as people say it: "on", "off", "level 2". */
export function sayLevel(kind: SwitchKind, level: number): string {
  if (level === 0) return 'off';
  return kind === 'brownout' ? `level ${level}` : 'on';
}

/** "off → on", or "stays on" when only the time it has left changed. */
export function sayChange(kind: SwitchKind, from: number, to: number): string {
  if (from === to) return `stays ${sayLevel(kind, to)}`;
  return `${sayLevel(kind, from)} → ${sayLevel(kind, to)}`;
}
