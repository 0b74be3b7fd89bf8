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
      atMost('undecided', undecided[0], reachedUndecided);
    }
    if (candidate === 'double' && traffic === 1_000 && excessFailures[1] > 50) {
      missed.push(`${name}: excess failures ${excessFailures[0]} > 50`);
    }
    return missed;
  });
}

/**
 * Goals that are not reached yet, by the estimate itself. They are said in every run and do not fail it: what fails is to
 * fall behind what was reached.
 */
export function openGoals(cells: readonly Cell[]): readonly string[] {
  return cells
    .filter((cell) => isRamp(cell) && cell.candidate === 'good' && cell.cluster === 1 && cell.traffic === 10)
    .filter(({ undecided: [share] }) => share > wishedUndecided)
    .map(({ judge, undecided: [share] }) => `10 req/s, good, ${judge}: undecided ${share} > ${wishedUndecided}`);
}

const wishedUndecided = 0.1;

/**
 * What was reached, so that it gets no worse; wished for are 10 %. With at most 1 in 100 doublings shipped, and the active
 * slot known only from the same hour, a single look at its end leaves about 10 % undecided at 45 % of the traffic; one that
 * may decide earlier leaves more.
 */
const reachedUndecided = 0.16;

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
