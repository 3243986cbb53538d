/** Who is on call for one schedule at one moment, and what comes next. */
export interface OnCallRow {
  readonly schedule: string;
  readonly name: string;
  readonly people: readonly string[];
  /** When somebody else takes over, milliseconds since 1970; null when nobody ever does. */
  readonly untilAt: number | null;
  readonly next: readonly string[];
}
