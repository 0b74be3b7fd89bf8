import type { Evidence, Verdict } from '@bluegreen/contract';

/** What a judge says, without its numbers: the same word again is no news. */
export interface Word {
  readonly verdict: Verdict;
  readonly reason: Evidence['reason'];
  readonly exposure: Evidence['exposure'];
}

/** What a judge says, with its numbers. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** A judgement whose numbers are put into words when somebody reads them: most say what the last one said. */
export class WordedJudgement implements Judgement {
  readonly word: Word;
  readonly #print: () => Evidence;
  #evidence: Evidence | null = null;

  /** @param print its reason and its exposure are those of `word`. */
  constructor(word: Word, print: () => Evidence) {
    this.word = word;
    this.#print = print;
  }

  get verdict(): Verdict {
    return this.word.verdict;
  }

  get evidence(): Evidence {
    this.#evidence ??= this.#print();
    return this.#evidence;
  }
}

/** A question that can't be answered, and why. */
export function unasked(
  verdict: 'error' | 'inconclusive',
  reason: string,
  summary: string,
  limit: number,
): WordedJudgement {
  return new WordedJudgement({ verdict, reason, exposure: undefined }, () => ({ summary, reason, limit }));
}
