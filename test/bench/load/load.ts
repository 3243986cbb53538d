import type { Figure } from '../measure.ts';
import { effectFigures } from './effects.ts';
import { historyFigures } from './history.ts';
import { submitFigures } from './submits.ts';
import { timerFigures } from './timers.ts';

/** `npm run bench -- load`: the scaled-out engines, and what a long history costs. */
export const loadFigures: readonly ((directory: string) => Promise<readonly Figure[]>)[] = [
  submitFigures,
  effectFigures,
  timerFigures,
  historyFigures,
];
