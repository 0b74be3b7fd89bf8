import type { HostTime, ProcessIdentity } from './host.js';

/** An instant that outlives its process: on the wall clock, and on the monotonic one as long as the boot lasts. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
  readonly bootId: string | null;
  readonly timeNamespace: string | null;
}

export function momentNow(time: HostTime, self: ProcessIdentity): Moment {
  return {
    wallMs: time.wallMs(),
    monotonicMs: time.monotonicMs(),
    bootId: self.bootId,
    timeNamespace: self.timeNamespace,
  };
}

/**
 * Milliseconds from `moment` to `now`, never negative. Within one boot no change of the wall clock matters; otherwise
 * the wall clock is all there is.
 */
export function ageMs(moment: Moment, now: Moment): number {
  const sameClock =
    moment.bootId !== null && moment.bootId === now.bootId && moment.timeNamespace === now.timeNamespace;
  return Math.max(0, sameClock ? now.monotonicMs - moment.monotonicMs : now.wallMs - moment.wallMs);
}

/** `moment` on the clock of this process, so that subtracting from that clock gives the true distance. */
export function instantOf(moment: Moment, time: HostTime, self: ProcessIdentity): number {
  return Math.floor(time.now() - ageMs(moment, momentNow(time, self)));
}

/** True for what `momentNow` made, after its way through a file. */
export function isMoment(value: unknown): value is Moment {
  const moment = value as Moment;
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof moment.wallMs === 'number' &&
    typeof moment.monotonicMs === 'number' &&
    (moment.bootId === null || typeof moment.bootId === 'string') &&
    (moment.timeNamespace === null || typeof moment.timeNamespace === 'string')
  );
}
