/** `--json`, `--as ana` and the like, as they were given. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;
