import type { Evidence } from '@bluegreen/contract';

/** Why a release is where it is. */
export interface Explanation {
  /** Stable: what kind of situation this is. Where the release is stuck, the code of the error. */
  readonly code: string;
  /** For people, with the numbers: one sentence, and another one where it helps. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** What makes sense now, most useful first: methods of the releaser with what they do, or words. None is refused. */
  readonly nextSteps: readonly string[];
}
