import { exactInterval } from '@bluegreen/gates';
import type { LatencyCellRow } from './latency.js';
import type { Cell } from './tally.js';

/** What was promised of our own judge and is shown to be broken: the whole 95 % interval lies beyond the bound. */
export function missedGoals(cells: readonly Cell[]): readonly string[] {
  return cells.flatMap((cell) => {
    const { traffic, candidate, cluster, judge, runs, rolledBack, shipped, undecided, excessFailures } = cell;
    if (!judge.startsWith('sequential')) return [];
    const name = `${traffic} req/s, ${candidate}${cluster === 1 ? '' : ' in clusters'}, ${judge}`;
    const missed: string[] = [];
    const atMost = (what: string, share: number, bound: number): void => {
      if (exactInterval(Math.round(share * runs), runs).lower > bound)
        missed.push(`${name}: ${what} ${share} > ${bound}`);
    };
    if (candidate === 'good') atMost('false rollback', rolledBack[0], 0.01);
    if (candidate === 'double' && traffic >= 100) atMost('shipped', shipped[0], traffic >= 1_000 ? 0.001 : 0.01);
    if (candidate === 'bad') atMost('shipped', shipped[0], 0);
    if (isRamp(cell) && candidate === 'good' && cluster === 1 && traffic === 10) {
      atMost('undecided', undecided[0], mostUndecided);
    }
    const fixed = isRamp(cell) && candidate === 'double' ? withoutRamp(cells, cell) : undefined;
    if (fixed !== undefined && excessFailures[1] > mostExcessFactor * fixed.excessFailures[2]) {
      missed.push(
        `${name}: excess failures ${excessFailures[0]} > ${mostExcessFactor} times ${fixed.excessFailures[0]}`,
      );
    }
    if (candidate === 'double' && traffic === 1_000 && excessFailures[1] > 50) {
      missed.push(`${name}: excess failures ${excessFailures[0]} > 50`);
    }
    return missed;
  });
}

/**
 * Goals that are not reached yet, by the estimate itself: said in every run. With the ramp, what is wished for at 10 requests
 * per second is at most 1 % of the doublings shipped, and that was given for deciding about good versions.
 */
export function openGoals(cells: readonly Cell[]): readonly string[] {
  return cells
    .filter((cell) => isRamp(cell) && cell.candidate === 'double' && cell.cluster === 1 && cell.traffic === 10)
    .filter(({ shipped: [share] }) => share > wishedShipped)
    .map(({ judge, shipped: [share] }) => `10 req/s, double, ${judge}: shipped ${share} > ${wishedShipped}`);
}

const wishedShipped = 0.01;

/** With the share going up while nothing speaks against the version, at 10 requests per second. */
const mostUndecided = 0.1;
/** What a ramp may cost on a bad version, in times of what a fixed tenth of the traffic costs. */
const mostExcessFactor = 2;

/** The same version at a tenth of the traffic all the time. */
function withoutRamp(cells: readonly Cell[], { traffic, candidate, cluster }: Cell): Cell | undefined {
  return cells.find(
    (cell) =>
      cell.judge === 'sequential' &&
      cell.traffic === traffic &&
      cell.candidate === candidate &&
      cell.cluster === cluster,
  );
}

function isRamp({ judge }: Cell): boolean {
  return judge === 'sequential-ramp';
}

/** A version that is as fast, cold at first or not, is failed in at most 1 % of the runs. */
export function missedLatencyGoals(rows: readonly LatencyCellRow[]): readonly string[] {
  return rows.flatMap(({ traffic, candidate, runs, failed: [share] }) => {
    const isGood = candidate === 'identical' || candidate === 'cold but good';
    if (!isGood || exactInterval(Math.round(share * runs), runs).lower <= 0.01) return [];
    return [`${traffic} req/s, ${candidate}: false rollback ${share} > 0.01`];
  });
}
