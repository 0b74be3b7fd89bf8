/** Answers under way, by key. */
export interface InFlight<T> {
  /** The answer to `key`: one that is under way already, or else what `ask` gets. Nothing is kept once it is there. */
  join(key: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T>;
}

/**
 * Lets callers that ask for the same at the same time share one answer, as the signals of one window do. Whoever asks
 * after the first one was aborted asks anew: nobody gets another caller's abort who came later.
 */
export function inFlight<T>(): InFlight<T> {
  const underWay = new Map<string, Promise<T>>();
  return {
    join(key, signal, ask) {
      const known = underWay.get(key);
      if (known !== undefined) return known;
      const asked = ask();
      const forget = (): void => {
        signal.removeEventListener('abort', forget);
        if (underWay.get(key) === asked) underWay.delete(key);
      };
      underWay.set(key, asked);
      signal.addEventListener('abort', forget, { once: true });
      asked.then(forget, forget);
      return asked;
    },
  };
}
