/**
 * Command lines of buttons that are only a beginning: what is still to be said, somebody has to type. Pattern → what is put
 * behind it on the line people type on. Without JavaScript such a button is sent as it is, and the answer says what is missing.
 */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^switch \S+ (?:on(?: \d+)?|off|reject(?: \d+)?)$/, ' because '],
  [/^switch \S+ extend$/, ' for 30m because '],
  [/^decline \S+(?: \S+)?$/, ' because '],
  [/^handover (?!accept)\S+$/, ' @'],
  [/^step skip \S+$/, ' '],
  [/^page$/, ' @'],
  [/^override$/, ' '],
];

/** The line to go on with, or null when the command says everything. */
export function beginningOf(command: string): string | null {
  const rest = BEGINNINGS.find(([pattern]) => pattern.test(command))?.[1];
  return rest === undefined ? null : `${command}${rest}`;
}
