/** A postmortem ready to publish. */
export interface PostmortemFile {
  readonly incident: number;
  readonly title: string;
  /** Path in the repository, such as `postmortems/2026/inc-42-checkout-is-down.md`. */
  readonly path: string;
  /** `postmortem/inc-42`: the same for every repeat. */
  readonly branch: string;
  readonly markdown: string;
  /** One paragraph for the pull request's body. */
  readonly summary: string;
}
