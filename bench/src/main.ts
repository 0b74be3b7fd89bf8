import { cpus } from 'node:os';
import { decisionRows } from './decision.js';
import { isInsideVitest, registerTest, rowsFromVitest } from './inside-vitest.js';
import { journalRows } from './journal.js';
import { realClocks } from './measure.js';
import { memoryRows } from './memory.js';
import { printRows } from './print.js';
import { rateRows } from './rate.js';
import { isMet, type Row } from './row.js';

if (isInsideVitest()) await registerTest();
else process.exitCode = await main(process.argv.slice(2));

/** `--quick`: fewer rounds. `--json`: the rows as one line of JSON, last. `--gate`: ends with 1 when a goal is missed. */
async function main(args: readonly string[]): Promise<number> {
  const isQuick = args.includes('--quick');
  const clocks = realClocks();
  const rows: Row[] = [];
  for (const measure of [
    () => decisionRows(clocks, isQuick),
    async () => memoryRows(isQuick),
    () => journalRows(clocks, isQuick),
    () => rateRows(clocks, isQuick),
    () => rowsFromVitest(import.meta.url, isQuick),
  ]) {
    rows.push(...(await measure()));
  }
  process.stdout.write(`${printRows(rows)}\n`);
  const missed = rows.filter((row) => isMet(row) === false).map(({ id }) => id);
  if (args.includes('--json')) {
    const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model };
    process.stdout.write(`${JSON.stringify({ ...machine, isQuick, rows, missed })}\n`);
  }
  return missed.length > 0 && args.includes('--gate') ? 1 : 0;
}
