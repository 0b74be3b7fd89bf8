import { cpus } from 'node:os';
import { decisionRows } from './decision.js';
import { gateRows } from './gates.js';
import { journalRows } from './journal.js';
import { realClocks } from './measure.js';
import { memoryRows } from './memory.js';
import { printRows } from './print.js';
import { rateRows } from './rate.js';
import { isMet, type Row } from './row.js';
import { simulatedRows } from './simulated.js';
import { isWorker, work, workerRows } from './workers.js';

if (isWorker()) work();
else process.exitCode = await main(process.argv.slice(2));

/**
 * `--quick`: fewer rounds. `--json`: the rows as one line of JSON, last. `--gate`: ends with 1 when a goal is missed.
 * Names after these choose what is measured.
 */
async function main(args: readonly string[]): Promise<number> {
  const isQuick = args.includes('--quick');
  const clocks = realClocks();
  const measures: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
    decision: () => decisionRows(clocks, isQuick),
    memory: () => memoryRows(isQuick),
    journal: () => journalRows(clocks, isQuick),
    gates: () => gateRows(clocks, isQuick),
    rate: () => rateRows(clocks, isQuick),
    simulation: () => simulatedRows(clocks, isQuick),
    workers: () => workerRows(import.meta.url, clocks, isQuick),
  };
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => !Object.hasOwn(measures, name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no ${unknown.join(', ')}. There are: ${Object.keys(measures).join(', ')}.\n`);
    return 2;
  }
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(measures)) {
    if (names.length === 0 || names.includes(name)) rows.push(...(await measure()));
  }
  process.stdout.write(`${printRows(rows)}\n`);
  const missed = rows.filter((row) => isMet(row) === false).map(({ id }) => id);
  if (args.includes('--json')) {
    const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model };
    process.stdout.write(`${JSON.stringify({ ...machine, isQuick, rows, missed })}\n`);
  }
  return missed.length > 0 && args.includes('--gate') ? 1 : 0;
}
