import type { Clock } from '@bluegreen/contract';

/** How long a request travels, and so how late it can land when its caller has gone. */
export const travelMs = 4;

/** A lost connection, as `fetch` tells it. */
export class ConnectionLost extends Error {
  readonly isSent: boolean;

  constructor(isSent: boolean) {
    super('the connection ended');
    this.isSent = isSent;
  }
}

/** Keeps one value and answers requests on a clock, with everything that can go wrong on the way. */
export class MemoryProvider<V> {
  value: V;
  version = 1;
  loses = false;
  isDown = false;
  #held: (() => void)[] | null = null;
  readonly #clock: Clock;

  constructor(clock: Clock, value: V) {
    this.#clock = clock;
    this.value = value;
  }

  get(signal: AbortSignal | null): Promise<{ readonly value: V; readonly version: number }> {
    return this.#request(signal, () => ({ value: structuredClone(this.value), version: this.version }));
  }

  /** Without a version it overwrites whatever is there. Answers whether the version was still that one. */
  put(change: (value: V) => V, version: number | null, signal: AbortSignal | null): Promise<boolean> {
    const write = () => {
      if (version !== null && version !== this.version) return false;
      this.set(change(structuredClone(this.value)));
      return true;
    };
    const loses = this.loses;
    this.loses = false;
    return this.#request(signal, write, loses);
  }

  /** Somebody at the provider itself. */
  set(value: V): void {
    this.value = value;
    this.version += 1;
  }

  /** Requests that arrive from now on wait until the returned function is called. */
  hang(): () => void {
    this.#held = [];
    return () => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const run of held) run();
    };
  }

  #request<R>(signal: AbortSignal | null, land: () => R, losesReply = false): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.isDown) {
        reject(new ConnectionLost(false));
        return;
      }
      // Gone from here: an abort stops the waiting, not the request.
      signal?.addEventListener('abort', () => reject(new ConnectionLost(true)), { once: true });
      const arrive = () => {
        if (this.#held !== null) {
          this.#held.push(arrive);
          return;
        }
        const answer = land();
        this.#clock.setTimeout(() => (losesReply ? reject(new ConnectionLost(true)) : resolve(answer)), travelMs);
      };
      this.#clock.setTimeout(arrive, travelMs);
    });
  }
}
