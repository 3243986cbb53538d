/** `secret:DEPLOY_TOKEN` in a runbook is the variable `RUNBOOK_DEPLOY_TOKEN`: with a prefix, so that no runbook can send out Allclear's own. */
const PREFIX = 'RUNBOOK_';

/**
 * Looks up secrets that runbooks name: in `RUNBOOK_NAME`, or in the file `RUNBOOK_NAME_FILE` names, which is read anew each
 * time so that secrets can be changed while Allclear runs. Null when there is none. `readFile` may throw.
 */
export function runbookSecrets(
  variables: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): (name: string) => string | null {
  return (name) => {
    const value = variables[`${PREFIX}${name}`];
    if (value !== undefined && value !== '') return value;
    const path = variables[`${PREFIX}${name}_FILE`];
    if (path === undefined || path === '') return null;
    try {
      return readFile(path).trim() || null;
    } catch {
      // A secret that cannot be read is a secret that is not set: the step says so and stops.
      return null;
    }
  };
}
