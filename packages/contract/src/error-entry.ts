/**
 * What the runner does after a failed adapter call. Only the adapter can know which one is right.
 *
 * - `retry`: nothing happened; send the same again after a delay.
 * - `read-back`: the outcome is unknown; read before any further write.
 * - `recompute`: it changed under us; read and decide again.
 * - `permanent`: it will never work like this; stop and say so.
 * - `fenced`: a newer owner exists; detach, decide nothing, journal nothing.
 */
export type Reaction = 'retry' | 'read-back' | 'recompute' | 'permanent' | 'fenced';

/** One row of an error table. */
export interface ErrorEntry {
  readonly message: string;
  readonly hint: string;
  readonly reaction: Reaction;
  /** Where the page of this code is: `docs/errors/<code>.md` unless told. */
  readonly docs?: string;
}

/** A table of codes; each key is `<prefix>/<what>`. */
export type ErrorTable = Readonly<Record<string, ErrorEntry>>;
