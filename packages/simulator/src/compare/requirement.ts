import { addToLimit, freshEvidence, type LogEvidence, limitTest, logOf } from '@bluegreen/gates';

/** What the user asks of every policy; a scenario is not run on once all of them are known to hold it or to break it. */
export interface Requirement {
  /** Share of the runs in a bad scenario in which it is promoted. */
  readonly shipsBadAtMost?: number;
  /** Share of the runs in a good scenario in which it is not. */
  readonly rollsBackGoodAtMost?: number;
}

export type Decision = 'holds' | 'broken' | 'open';

const confidence = 0.95;

/**
 * Evidence about one share against its limit, that may be looked at after every run: an e-process on each side, so the
 * answer is wrong with a chance of at most 5 % whenever it comes. 348 clean runs prove "at most 1 %".
 */
export class Decider {
  readonly #sides = (['pass', 'fail'] as const).map((side) => side);
  readonly #tests;
  readonly #evidence: readonly LogEvidence[];
  decision: Decision = 'open';

  constructor(limit: number) {
    this.#tests = this.#sides.map((side) => limitTest(side, limit));
    this.#evidence = this.#tests.map(({ mixture }) => freshEvidence(mixture));
  }

  add(runs: number, bad: number): void {
    if (this.decision !== 'open') return;
    this.#tests.forEach((test, index) => {
      addToLimit(test, this.#evidence[index]!, runs, bad);
    });
    const needed = -Math.log(1 - confidence);
    if (logOf(this.#evidence[0]!) >= needed) this.decision = 'holds';
    else if (logOf(this.#evidence[1]!) >= needed) this.decision = 'broken';
  }
}
