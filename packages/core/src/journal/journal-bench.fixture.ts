import { strict as assert } from 'node:assert';
import {
  isBluegreenError,
  type Journal,
  type JournalEvent,
  type JournalSession,
  type JournalWriter,
  releaseResource,
} from '@bluegreen/contract';

/** One store under test. */
export interface JournalBench {
  /** The store as one more process sees it. */
  open(): Journal;
  /** What `lastHeldAt` is counted in. */
  now(): number;
  /** Lets leases grow old. */
  advance(durationMs: number): void;
}

/** One rule of the contract, and what shows that it holds. */
export type SuiteCase = readonly [rule: string, body: (bench: JournalBench) => Promise<void>];

export const ttlMs = 10_000;

/** The resource of the release that most rules are tried on. */
export const release = releaseResource('r1');

export function event(type: string): JournalEvent {
  return { type, at: 1 };
}

export function owner(bench: JournalBench, id: string): Promise<JournalSession> {
  return bench.open().join({ id, ttlMs });
}

export async function writerOf(bench: JournalBench): Promise<JournalWriter> {
  return (await (await owner(bench, 'one')).acquire([release])).writer('r1');
}

export async function ids(writer: {
  commands(): Promise<readonly { readonly id: string }[]>;
}): Promise<readonly string[]> {
  return (await writer.commands()).map((command) => command.id);
}

export async function rejects(promise: Promise<unknown>, code: string): Promise<Error> {
  const error = await promise.then(
    () => assert.fail(`should have been refused with ${code}`),
    (reason: unknown) => reason,
  );
  assert.ok(isBluegreenError(error), String(error));
  assert.equal(error.code, code);
  return error;
}
