import { type Clock, isBluegreenError, type TimerHandle } from '@bluegreen/contract';
import type { SimulatorErrorCode } from '../error-codes.js';
import { fail } from '../failure.js';
import type { CallFault, Landing } from '../faults/fault-plan.js';
import type { CallRecord } from './ledger.js';
import type { LedgerBook } from './ledger-book.js';

/** How a call ended. */
export type Reply<R> = { readonly error: null; readonly value: R } | { readonly error: Error; readonly value: null };

/** Called once, from a timer of its own, so that a driver with callbacks and one with promises see the same order. */
export type Done<R> = (reply: Reply<R>) => void;

/** Stops waiting. The call then ends with `simulator/aborted`, and a write may still land. */
export type Abort = () => void;

/** Asks something back before an irreversible request; answers `null` or what speaks against it. */
export type Confirm = (done: (error: Error | null) => void) => void;

/** One call that was written down, and what goes wrong with it. */
export interface OpenedCall {
  readonly record: CallRecord;
  readonly book: LedgerBook;
  readonly fault: CallFault | null;
  /** Every call fails: the provider is down. */
  readonly isDown: boolean;
}

/** What one call does at the provider. */
export interface Request<R> {
  readonly latencyMs: number;
  /** How long after its caller gave up it may still land; `null`: it is a read. */
  readonly lateWriteMs: number | null;
  /** What the adapter looks at before it sends. Throws its refusal. */
  check?(): void;
  /** What has to be asked before this is sent, decided when it is about to be. */
  confirm?(): Confirm | null;
  /** Takes effect, and answers. Throws the provider's refusal. `isLate`: nobody waits for it any more. */
  land(fault: CallFault | null, isLate: boolean): R;
  /** Calls back right after the next write to the same place. */
  afterNextWrite?(run: () => void): void;
}

const refusals: Partial<Record<CallFault['fault'], SimulatorErrorCode>> = {
  unreachable: 'simulator/unreachable',
  conflict: 'simulator/conflict',
  'not-found': 'simulator/not-found',
  throttled: 'simulator/throttled',
  denied: 'simulator/denied',
  invalid: 'simulator/invalid-request',
  'out-of-space': 'simulator/out-of-space',
};

/** Carries out one call on the clock, with what the plan has for it: one timer when nothing goes wrong. */
export function startOperation<R>(clock: Clock, opened: OpenedCall, request: Request<R>, done: Done<R>): Abort {
  const running = new RunningOperation(clock, opened, request, done);
  return () => running.abort();
}

class RunningOperation<R> {
  readonly #clock: Clock;
  readonly #opened: OpenedCall;
  readonly #request: Request<R>;
  readonly #done: Done<R>;
  readonly #dueAt: number;
  readonly #isRefused: boolean;
  #timer: TimerHandle;
  #stage: 'travelling' | 'confirming' | 'hanging' | 'ended' = 'travelling';

  constructor(clock: Clock, opened: OpenedCall, request: Request<R>, done: Done<R>) {
    this.#clock = clock;
    this.#opened = opened;
    this.#request = request;
    this.#done = done;
    const { fault } = opened;
    const travelMs = request.latencyMs + (fault?.fault === 'slow' ? fault.byMs : 0);
    this.#dueAt = clock.now() + travelMs;
    const refusal = this.#refusal();
    this.#isRefused = refusal !== null;
    this.#timer = clock.setTimeout(refusal === null ? () => this.#arrive() : () => this.#end(refusal), travelMs);
  }

  abort(): void {
    if (this.#stage === 'ended') return;
    const stage = this.#stage;
    this.#stage = 'ended';
    if (stage === 'travelling') this.#leaveTravelling();
    if (stage === 'hanging') this.#landLater(this.#landing('never'));
    this.#clock.setTimeout(() => this.#tell(fail('simulator/aborted', this.#readsRetry())), 0);
  }

  /** What is clear before anything is sent. */
  #refusal(): Error | null {
    const { fault, isDown } = this.#opened;
    if (isDown) return fail('simulator/outage', this.#readsRetry());
    const code = fault === null ? undefined : refusals[fault.fault];
    if (code !== undefined) {
      const retryAfterMs = fault?.fault === 'throttled' ? (fault.retryAfterMs ?? 5_000) : undefined;
      return fail(code, retryAfterMs === undefined ? {} : { retryAfterMs });
    }
    try {
      this.#request.check?.();
      return null;
    } catch (error) {
      return asError(error);
    }
  }

  #arrive(): void {
    const confirm = this.#request.confirm?.() ?? null;
    if (confirm === null) {
      this.#deliver();
      return;
    }
    this.#stage = 'confirming';
    confirm((error) => {
      if (this.#stage !== 'confirming') return;
      this.#stage = 'travelling';
      this.#timer = this.#clock.setTimeout(() => (error === null ? this.#deliver() : this.#end(error)), 0);
    });
  }

  #deliver(): void {
    const { fault } = this.#opened;
    switch (fault?.fault) {
      case 'hang':
        this.#stage = 'hanging';
        return;
      case 'reply-lost':
        if (fault.lands === undefined) this.#landQuietly();
        else this.#landLater(fault.lands);
        this.#end(fail('simulator/reply-lost'));
        return;
      case 'effect-lost':
        this.#end(null, undefined as R);
        return;
      case 'effect-delayed':
        this.#clock.setTimeout(() => this.#landQuietly(), fault.byMs);
        this.#end(null, undefined as R);
        return;
      default:
        this.#land();
    }
  }

  #land(): void {
    const request = this.#request;
    const { fault } = this.#opened;
    let value: R;
    try {
      value = request.land(fault, false);
      this.#noteLanding();
      if (fault?.fault === 'duplicate') this.#landQuietly(false);
    } catch (error) {
      this.#end(asError(error));
      return;
    }
    this.#end(null, value);
  }

  /** Takes effect without anybody hearing of it. */
  #landQuietly(isLate = true): void {
    try {
      this.#request.land(null, isLate);
      this.#noteLanding();
    } catch (error) {
      if (!isBluegreenError(error)) throw error;
    }
  }

  #noteLanding(): void {
    if (this.#request.lateWriteMs !== null) this.#opened.record.landedAt ??= this.#clock.now();
  }

  #landLater(landing: Landing): void {
    const { lateWriteMs } = this.#request;
    if (landing === 'never' || lateWriteMs === null) return;
    if (landing !== 'after-next-write') {
      this.#clock.setTimeout(() => this.#landQuietly(), landing.afterMs);
      return;
    }
    if (lateWriteMs === 0) return;
    let landed = false;
    const once = () => {
      if (landed) return;
      landed = true;
      this.#landQuietly();
    };
    this.#request.afterNextWrite?.(once);
    this.#clock.setTimeout(once, lateWriteMs);
  }

  /** A write on its way lands all the same when that is soon enough and nothing had to be asked first. */
  #leaveTravelling(): void {
    const { lateWriteMs } = this.#request;
    const { fault } = this.#opened;
    this.#clock.clearTimeout(this.#timer);
    if (!lateWriteMs || this.#isRefused || this.#request.confirm?.()) return;
    if (fault !== null && ['hang', 'reply-lost', 'effect-lost', 'effect-delayed'].includes(fault.fault)) return;
    const leftMs = this.#dueAt - this.#clock.now();
    if (leftMs <= lateWriteMs) this.#clock.setTimeout(() => this.#landQuietly(), leftMs);
  }

  #landing(fallback: Landing): Landing {
    const { fault } = this.#opened;
    return fault?.fault === 'hang' ? (fault.lands ?? fallback) : fallback;
  }

  /** Nothing is unknown about a read that got no answer. */
  #readsRetry(): { reaction?: 'retry' } {
    return this.#request.lateWriteMs === null ? { reaction: 'retry' } : {};
  }

  #end(error: Error | null, value?: R): void {
    this.#stage = 'ended';
    this.#tell(error, value);
  }

  /** Always the last thing that a timer does: whoever hears of it may start the next call at once. */
  #tell(error: Error | null, value?: R): void {
    const { record, book } = this.#opened;
    const { lateWriteMs } = this.#request;
    const known = isBluegreenError(error) ? error : null;
    const outcome = error === null ? 'ok' : (known?.code ?? 'error');
    book.end(record, outcome, lateWriteMs !== null && known?.reaction === 'read-back');
    this.#done(error === null ? { error, value: value as R } : { error, value: null });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
