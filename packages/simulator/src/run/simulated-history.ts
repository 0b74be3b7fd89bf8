import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent, ReleaseState } from '@bluegreen/machine';
import type { Ledger } from '../world/ledger.js';
import type { Boundary } from './boundaries.js';
import type { Absence } from './crash.js';

/** One release and everything that befell it and its owners. */
export interface SimulatedHistory {
  readonly seed: number;
  /** False: it had not ended at the horizon. */
  readonly isOver: boolean;
  readonly endedAt: number;
  /** As the journal tells it. */
  readonly state: ReleaseState;
  readonly records: readonly JournalRecord<ReleaseEvent>[];
  /** Including a while after the end. */
  readonly ledger: Ledger;
  readonly boundaries: readonly Boundary[];
  readonly absences: readonly Absence[];
}
