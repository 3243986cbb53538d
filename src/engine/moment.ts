/**
 * The instants at which a process may die and must not lose anything. The engine names them as it passes; tests and
 * simulations end it there.
 */
export type Moment = 'before-commit' | 'after-commit' | 'before-send' | 'after-send' | 'before-settle' | 'after-settle';
export type PassMoment = (moment: Moment) => void;
