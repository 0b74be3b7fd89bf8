/** Calls `next` once the code that the last timer woke has come to rest. */
export type Pump = (next: () => void) => void;

/**
 * For code that waits on promises alone: Node runs the tick when no microtask is left, however long the chain of
 * promises. Code that waits on `process.nextTick` itself is not settled by it.
 */
export const nextTickPump: Pump = (next) => {
  queueMicrotask(() => process.nextTick(next));
};

/** For code of others that waits on `process.nextTick` too. Costs three to four times as much. Real I/O is outside of it. */
export const immediatePump: Pump = (next) => {
  setImmediate(next);
};
