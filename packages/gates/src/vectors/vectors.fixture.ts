import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

interface Method {
  readonly absoluteTolerance?: number;
  readonly relativeTolerance?: number;
  // biome-ignore lint/suspicious/noExplicitAny: every method has vectors of its own shape.
  readonly vectors: readonly any[];
}

const { methods } = JSON.parse(readFileSync(new URL('./statistics-vectors.json', import.meta.url), 'utf8')) as {
  readonly methods: Readonly<Record<string, Method>>;
};

/** The reference vectors of one method; there are some. */
export function vectorsOf(name: string): Method['vectors'] {
  const { vectors } = methods[name]!;
  expect(vectors.length).toBeGreaterThan(0);
  return vectors;
}

/**
 * Equal to every printed digit of a reference that is rounded at its last one: relative 1e-9, or half a unit of the last
 * printed digit where fewer are printed.
 */
export function expectPrinted(actual: number, printed: number): void {
  const digits = /\.(\d+)/.exec(String(printed))?.[1]?.length ?? 0;
  const rounding = 0.500001 * 10 ** -Math.max(digits, 0);
  const allowed = Math.max(1e-9 * Math.abs(printed), /e-/.test(String(printed)) ? 0 : rounding, 1e-12);
  expect(Math.abs(actual - printed), `${actual} instead of ${printed}`).toBeLessThanOrEqual(allowed);
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
export function slotCounts(interval: any) {
  const { controlRequests, candidateRequests, lambda } = interval;
  return {
    controlRequests,
    candidateRequests,
    controlBad: interval.controlErrors ?? interval.controlSlow,
    candidateBad: interval.candidateErrors ?? interval.candidateSlow,
    ...(lambda === undefined ? {} : { tempering: lambda }),
  };
}
