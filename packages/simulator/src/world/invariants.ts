import { fencedOwnersRest } from './call-invariants.js';
import { lossesAreAllowed } from './irreversible-invariants.js';
import type { Ledger } from './ledger.js';
import {
  candidateStays,
  capacityBeforeWeight,
  epochsGrow,
  noLateSurprise,
  usersMoveOneWay,
  weightsSum,
} from './routing-invariants.js';

/** One broken promise. The id is that of the list of invariants. */
export interface Violation {
  readonly id: string;
  readonly at: number;
  readonly service: string;
  readonly message: string;
}

/** What the ledger alone cannot know: what the policy promised. Leave out what it did not. */
export interface Expectations {
  /** How long the old slot stays after the cutover (S15). */
  readonly retainMs?: number | 'keep';
  /** How long a slot drains before it may go (S11), on top of its open requests. */
  readonly drainMs?: number;
  /** How long a candidate may be short of instances before an orchestrator has to know (S1): 0. */
  readonly noticeMs?: number;
  /** How long a slot may be dead before an orchestrator that sends users back to it has to know (S14): 0. */
  readonly returnMs?: number;
}

const invariants: readonly ((ledger: Ledger, expectations: Expectations) => readonly Violation[])[] = [
  capacityBeforeWeight,
  weightsSum,
  usersMoveOneWay,
  epochsGrow,
  noLateSurprise,
  candidateStays,
  lossesAreAllowed,
  fencedOwnersRest,
];

/** Every promise that this run broke, oldest first. Pure: the same ledger gives the same list. */
export function violationsOf(ledger: Ledger, expectations: Expectations = {}): readonly Violation[] {
  return invariants.flatMap((invariant) => invariant(ledger, expectations)).sort((a, b) => a.at - b.at);
}
