/** A running timer; only its clock knows what is inside. */
export type TimerHandle = unknown;

/** The only source of time. Instants are milliseconds since the epoch. */
export interface Clock {
  /** Never runs backwards within one process, whatever happens to the wall clock. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}
