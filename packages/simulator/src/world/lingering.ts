import { between, type GroupShares } from './population.js';
import type { LingeringOptions } from './world-options.js';

const gone = 0.001;

/**
 * Users who stay where they were for a while after the routers changed: bound sessions leave after an exponential time,
 * resolvers when their copy of the address has expired. What is left of the old split goes to 0 with the time.
 */
export class Lingering {
  readonly #options: LingeringOptions | null;
  #from: GroupShares;
  #to: GroupShares;
  #since: number;

  constructor(options: LingeringOptions | null, start: GroupShares, at: number) {
    this.#options = options;
    this.#from = start;
    this.#to = start;
    this.#since = at;
  }

  redirect(to: GroupShares, at: number): void {
    // Who reached nothing at all does not cling to it.
    const isFirst = this.#to.total.blue + this.#to.total.green === 0;
    this.#from = this.#options === null || isFirst ? to : this.at(at);
    this.#to = to;
    this.#since = at;
  }

  at(now: number): GroupShares {
    return this.#options === null
      ? this.#to
      : between(this.#from, this.#to, leftAfter(this.#options, now - this.#since));
  }

  /** The mean over a stretch of time; exact for sessions, by its ends for resolvers, which leave evenly. */
  mean(fromMs: number, toMs: number): GroupShares {
    if (this.#options === null || toMs <= fromMs) return this.at(toMs);
    const [begin, end] = [fromMs - this.#since, toMs - this.#since];
    const { sessionMs } = this.#options;
    const left =
      sessionMs !== undefined && leftAfter(this.#options, begin) > 0
        ? (sessionMs * (Math.exp(-begin / sessionMs) - Math.exp(-end / sessionMs))) / (end - begin)
        : (leftAfter(this.#options, begin) + leftAfter(this.#options, end)) / 2;
    return between(this.#from, this.#to, left);
  }
}

/** Share of those who were elsewhere that is still there. */
function leftAfter({ sessionMs, ttlMs, ignoringShare = 0.05 }: LingeringOptions, afterMs: number): number {
  if (sessionMs !== undefined) {
    const left = Math.exp(-afterMs / sessionMs);
    return left < gone ? 0 : left;
  }
  if (ttlMs === undefined) return 0;
  const punctual = Math.max(0, 1 - afterMs / ttlMs);
  const late = Math.max(0, 1 - afterMs / (10 * ttlMs));
  return (1 - ignoringShare) * punctual + ignoringShare * late;
}
