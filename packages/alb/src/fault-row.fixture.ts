// What a row of the fault table is, and what most of them do.
import assert from 'node:assert/strict';
import { isBluegreenError, type Reaction } from '@bluegreen/contract';
import { type Bench, startBench } from './alb-traffic.fixture.js';
import type { AlbCode } from './error-codes.js';

export interface FaultRow {
  readonly name: string;
  /** Rejects when the row does not hold. */
  run(): Promise<void>;
}

export async function withBench(
  options: Parameters<typeof startBench>[0],
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const bench = await startBench(options);
  try {
    await run(bench);
  } finally {
    await bench.server.close();
  }
}

/** The write must fail with this code and reaction. */
export async function fails(promise: Promise<unknown>, code: AlbCode, reaction: Reaction): Promise<void> {
  const error = await promise.then(
    () => assert.fail(`it worked, instead of ${code}`),
    (thrown: unknown) => thrown,
  );
  if (!isBluegreenError(error)) throw error;
  assert.deepEqual([error.code, error.reaction], [code, reaction], error.message);
}

/** Exactly one request that changes something was sent, whatever came of it. */
