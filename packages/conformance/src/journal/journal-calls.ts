import {
  isBluegreenError,
  type JournalEvent,
  type JournalSession,
  type JournalWriter,
  releaseResource,
  systemClock,
} from '@bluegreen/contract';
import { attempt, within } from '../patience.js';
import { broken } from '../rule.js';
import { describeError } from '../run-rule.js';
import type { JournalBench } from './journal-bench.js';

/** The time to live of every owner in the rules, in milliseconds. */
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

/** The call has to be refused under this code. */
export async function rejects(promise: Promise<unknown>, code: string): Promise<Error> {
  const { error } = await attempt(() => promise);
  if (error === null) return broken(`it should have been refused with ${code}`);
  if (!isBluegreenError(error) || error.code !== code) broken(`${code} was due, and came: ${describeError(error)}`);
  return error;
}

/** What has to come without anybody asking again. Generous: only a watch that never calls waits for the end. */
export function soon(called: Promise<void>): Promise<void> {
  return within(systemClock(), 5_000, 'the call of a watch', called);
}
