import { inspect, isDeepStrictEqual } from 'node:util';
import { broken } from '../rule.js';

function print(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: 120 });
}

/** Says what was seen and what should have been. (`node:assert` opens the standard streams when it is imported.) */
export const assert = {
  equal(seen: unknown, wanted: unknown): void {
    if (!Object.is(seen, wanted)) broken(`${print(seen)} instead of ${print(wanted)}`);
  },
  deepEqual(seen: unknown, wanted: unknown): void {
    if (!isDeepStrictEqual(seen, wanted)) broken(`${print(seen)} instead of ${print(wanted)}`);
  },
  match(seen: string, pattern: RegExp): void {
    if (!pattern.test(seen)) broken(`${print(seen)} does not match ${pattern}`);
  },
  throws(run: () => unknown, kind: new () => Error): void {
    try {
      run();
    } catch (error) {
      if (error instanceof kind) return;
      broken(`it threw ${print(error)}`);
    }
    broken(`it did not throw a ${kind.name}`);
  },
};
