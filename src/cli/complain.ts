/** Says what is wrong, to whoever reads errors; answers the exit code: 1 for what went wrong, 2 for words nobody understands. */
export function complain(problem: string, exitCode: 1 | 2 = 1): number {
  console.error(problem);
  return exitCode;
}
