import type { Phase } from '@bluegreen/machine';

/**
 * A place between two things that an orchestrator does. A crash there loses what came after it.
 * `request-sent`: the world has the request, its answer has not come. `before-answer`: it came, nobody has heard of it.
 */
export interface Boundary {
  /** Counted from 1, over all owners of a run. */
  readonly index: number;
  readonly kind: 'before-append' | 'after-append' | 'request-sent' | 'before-answer';
  /** The events, or the effect. */
  readonly what: string;
  readonly at: number;
  readonly phase: Phase;
  readonly epoch: number;
}

/** Thrown at a boundary to end everything that its owner is in the middle of. */
export class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** Counts boundaries, and crashes at the ones it was told. */
export class Boundaries {
  readonly passed: Boundary[] = [];
  readonly #crashAt: ReadonlySet<number>;

  constructor(crashAt: Iterable<number>) {
    this.#crashAt = new Set(crashAt);
  }

  /** @throws Crashed */
  pass(boundary: Omit<Boundary, 'index'>): void {
    const index = this.passed.length + 1;
    this.passed.push({ index, ...boundary });
    if (this.#crashAt.has(index)) throw new Crashed(`at boundary ${index}`);
  }
}

/** Those that differ: the append that follows an answer at once begins where the answer came. */
export function distinct(passed: readonly Boundary[]): readonly Boundary[] {
  return passed.filter((boundary, index) => {
    const before = passed[index - 1];
    return boundary.kind !== 'before-append' || before?.kind !== 'before-answer' || before.at !== boundary.at;
  });
}
