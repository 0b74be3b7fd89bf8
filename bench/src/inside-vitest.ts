import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { realClocks } from './measure.js';
import type { Row } from './row.js';
import { simulatedRows } from './simulated.js';

const outputVariable = 'BLUEGREEN_BENCH_OUTPUT';
const quickVariable = 'BLUEGREEN_BENCH_QUICK';

/** True when this program is being run as a test file by `rowsFromVitest`. */
export function isInsideVitest(): boolean {
  return process.env.VITEST !== undefined && process.env[outputVariable] !== undefined;
}

/** Has vitest run this very program as a test file, because fake timers work nowhere else, and takes over its rows. */
export async function rowsFromVitest(program: string, isQuick: boolean): Promise<readonly Row[]> {
  const { startVitest } = await import('vitest/node');
  const file = fileURLToPath(program);
  const directory = await mkdtemp(join(tmpdir(), 'bluegreen-bench-'));
  const output = join(directory, 'rows.json');
  try {
    process.env[outputVariable] = output;
    if (isQuick) process.env[quickVariable] = '1';
    const vitest = await startVitest('test', [], {
      root: dirname(file),
      config: false,
      watch: false,
      include: [basename(file)],
      exclude: [],
      reporters: ['default'],
      pool: 'forks',
      // The built packages as Node loads them; transformed by vite they would be slower than they are.
      server: { deps: { external: [/\/packages\/[a-z]+\/dist\//] } },
    });
    await vitest.close();
    return JSON.parse(await readFile(output, 'utf8')) as readonly Row[];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The other side: registers the measurement as a test. */
export async function registerTest(): Promise<void> {
  const { test, vi } = await import('vitest');
  const clocks = realClocks();
  test('simulated releases', { timeout: 600_000 }, async () => {
    const rows = await simulatedRows(vi, clocks, process.env[quickVariable] !== undefined);
    await writeFile(process.env[outputVariable]!, JSON.stringify(rows));
  });
}
