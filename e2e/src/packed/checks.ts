/** Counts what was checked and says what failed, as it happens. */
export interface Checks {
  readonly passed: number;
  readonly failed: number;
  /** `problem` is null when the check passed. */
  add(what: string, problem: string | null): void;
}

export function createChecks(say: (line: string) => void): Checks {
  let passed = 0;
  let failed = 0;
  return {
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
    add(what, problem) {
      if (problem === null) passed += 1;
      else failed += 1;
      say(problem === null ? `ok      ${what}` : `FAILED  ${what}\n${problem.replace(/^/gm, '        ')}`);
    },
  };
}
