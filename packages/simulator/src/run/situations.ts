import type { SimulatedHistory } from './simulated-history.js';

/** Every situation that a release was in: its phases, and where it drifted, was paused or got stuck. */
export function situationsOf({ records }: Pick<SimulatedHistory, 'records'>): ReadonlySet<string> {
  const situations = new Set<string>();
  let phase = 'preparing';
  for (const { event } of records) {
    if (event.type === 'phase-entered') {
      phase = event.phase;
      situations.add(phase);
    } else if (event.type === 'routing-drifted') situations.add(`${phase}, drifted`);
    else if (event.type === 'release-paused') situations.add(`${phase}, paused`);
    else if (event.type === 'release-stuck') situations.add(`stuck from ${event.from}`);
  }
  return situations;
}
