import { normalShare } from './normal-share.js';

const longestRecursion = 2_000;

/**
 * Erlang's C formula: the share of requests that find all `servers` busy, with `load` = arrival rate × service time.
 * By the recursion of Erlang's B, C = B / (1 - ρ (1 - B)); above 2,000 servers by its limit (S. Halfin and W. Whitt,
 * "Heavy-traffic limits for queues with many exponential servers", 1981), so that the cost is bounded.
 */
export function waitingShare(servers: number, load: number): number {
  const c = Math.max(1, Math.round(servers));
  if (!(load > 0)) return 0;
  const utilisation = load / c;
  if (utilisation >= 1) return 1;
  if (c > longestRecursion) {
    const beta = (1 - utilisation) * Math.sqrt(c);
    const density = Math.exp((-beta * beta) / 2) / Math.sqrt(2 * Math.PI);
    return density === 0 ? 0 : 1 / (1 + (beta * normalShare(beta)) / density);
  }
  let blocked = 1;
  for (let n = 1; n <= c; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked / (1 - utilisation * (1 - blocked));
}

/** Load that retries make of a failing share `failed`, when a share `retried` of the failures is tried again, twice at most. */
export function withRetries(rate: number, failed: number, retried: number): number {
  const again = retried * failed;
  return rate * (1 + again + again * again);
}
