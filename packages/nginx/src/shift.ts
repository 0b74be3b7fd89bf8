import { readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  compareFences,
  isBluegreenError,
  printStamp,
  sameTarget,
  type TrafficTarget,
  type WriteCall,
} from '@bluegreen/contract';
import { claim, dropLinks, prepareLink, refuseOldOwner, sweep, switchCurrent } from './claims.js';
import { makeDirectory, syncDirectory, writeDurably } from './durable.js';
import { errnoOf, fail, fromSystem } from './failure.js';
import { buildFallback, effectiveFallback } from './fallback.js';
import { nextIdleSince, printGeneration } from './generation.js';
import { buildMarkers, ensureShared } from './marker-tree.js';
import { linkAt } from './reading.js';
import type { Settings } from './settings.js';
import { generationName, readState, type StateReading } from './state.js';
import { tidy } from './tidy.js';

/** The places where a writer may be stopped for ever, in this order. */
export const steps = [
  'read',
  'claimed',
  'swept',
  'read-again',
  'built',
  'linked',
  'checked',
  'switched',
  'fallback-set',
  'synced',
  'swept-again',
] as const;

/** Awaited after each step; only tests give one. Without it the check and the switch are one moment. */
export type StepHook = (step: (typeof steps)[number]) => Promise<void>;

interface Shift {
  readonly settings: Settings;
  /** Audiences sorted by name. */
  readonly target: TrafficTarget;
  readonly expectedRevision: string;
  readonly call: WriteCall;
  readonly hook: StepHook | undefined;
}

/**
 * Makes `target` the state of the switch: claim, sweep, read, build, link, check, rename, sweep, read back.
 *
 * Each owner first claims its epoch and removes the prepared links of older ones, and only then reads what it is going
 * to replace. From its claim on no older owner can switch: one that has not checked yet finds the claim, and one that
 * has checked finds its link gone. So what was read last is what is replaced, and a state of a higher epoch is never
 * followed by one of a lower (S36, S51).
 */
export async function shift(
  settings: Settings,
  target: TrafficTarget,
  expected: { readonly revision: string },
  call: WriteCall,
  hook?: StepHook,
): Promise<void> {
  const audiences = [...target.audiences].sort((a, b) => (a.name < b.name ? -1 : 1));
  const work: Shift = { settings, target: { ...target, audiences }, expectedRevision: expected.revision, call, hook };
  try {
    if (admit(work, await readState(settings)) === 'done') return;
    await hook?.('read');
    await claim(settings, call.fence);
    await hook?.('claimed');
    await sweep(settings, call.fence);
    await hook?.('swept');
    const before = await readState(settings);
    const open = admit(work, before);
    await hook?.('read-again');
    if (open !== 'done') await write(work, before, open);
  } catch (error) {
    throw explain(settings, call, error);
  }
}

/** What is left to do for this write: nothing, the fallback, or all of it. Throws when it must not be done. */
function admit({ target, expectedRevision, call }: Shift, before: StateReading): 'done' | 'fallback' | 'all' {
  const { routing, generation, revision, link } = before;
  if (routing.kind === 'foreign' && routing.code === 'nginx/state-missing') {
    throw fail('nginx/state-missing', { detail: routing.summary });
  }
  if (generation !== null) {
    const order = compareFences(call.fence, generation.fence);
    const stamps = `${printStamp(generation.fence)} is stored, ${printStamp(call.fence)} came`;
    if (call.fence.epoch < generation.fence.epoch) throw fail('nginx/newer-owner', { detail: stamps });
    const same = order === 0 && generation.key === call.idempotencyKey && sameTarget(generation.target, target);
    if (same && routing.kind === 'split') return routing.target.fallback === target.fallback ? 'done' : 'fallback';
    if (order <= 0) throw fail('nginx/sequence-behind', { detail: stamps });
  }
  if (revision !== expectedRevision) throw fail('nginx/revision-changed');
  // Only a damaged generation of this very fence gets here; building it anew would take it from under the workers.
  if (link === generationName(call.fence)) throw fail('nginx/sequence-behind', { detail: `${link} is damaged` });
  return 'all';
}

async function write(work: Shift, before: StateReading, open: 'fallback' | 'all'): Promise<void> {
  const { settings, target, call, hook } = work;
  const { stateDirectory, fallbackDirectory } = settings;
  const name = generationName(call.fence);
  const flips = before.fallback.kind !== 'intact' || effectiveFallback(settings, before.fallback) !== target.fallback;

  if (open === 'all') await build(work, before, name);
  const fallback = flips ? await buildFallback(settings, target.fallback, call.fence) : null;
  await hook?.('built');
  try {
    if (open === 'all') await prepareLink(stateDirectory, name, call.fence);
    if (fallback !== null) await prepareLink(fallbackDirectory, fallback, call.fence);
    await hook?.('linked');
    check(work, before);
    if (hook !== undefined) await hook('checked');
    if (open === 'all') switchCurrent(stateDirectory, call.fence);
    if (hook !== undefined) await hook('switched');
    if (fallback !== null) switchCurrent(fallbackDirectory, call.fence);
    if (hook !== undefined) await hook('fallback-set');
  } finally {
    dropLinks(settings, call.fence);
  }
  await settle(work, name);
}

async function build({ settings, target, call }: Shift, before: StateReading, name: string): Promise<void> {
  const { generation, committedAtMs } = before;
  const known = before.routing.kind === 'split' && generation !== null && committedAtMs !== null;
  const text = printGeneration({
    service: settings.service,
    fence: call.fence,
    key: call.idempotencyKey,
    target,
    idleSince: nextIdleSince(target, known ? { generation, committedAtMs } : null),
  });
  const directory = join(settings.stateDirectory, name);
  await ensureShared(settings);
  await rm(directory, { recursive: true, force: true });
  await makeDirectory(directory);
  await buildMarkers(settings, directory, target);
  await writeDurably(join(directory, 'generation'), text);
  await syncDirectory(directory);
  await syncDirectory(settings.stateDirectory);
}

/**
 * Synchronous up to the rename that follows: an abort is either seen here or comes after the switch, and no other call
 * of this process gets in between.
 */
function check({ settings, call }: Shift, before: StateReading): void {
  if (call.signal.aborted) throw fail('nginx/aborted', { cause: call.signal.reason });
  refuseOldOwner(settings, call.fence);
  const now = currentNow(settings);
  if (now.link !== before.link || now.text !== before.text) throw fail('nginx/revision-changed');
}

function currentNow({ stateDirectory }: Settings): { link: string | null; text: string | null } {
  const orNull = (read: () => string) => {
    try {
      return read();
    } catch (error) {
      if (['ENOENT', 'EINVAL', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
      throw error;
    }
  };
  const current = join(stateDirectory, 'current');
  return {
    link: orNull(() => readlinkSync(current)),
    text: orNull(() => readFileSync(join(current, 'generation'), 'utf8')),
  };
}

/** After the switch: whatever fails here, the write has landed, so the caller has to read. */
async function settle({ settings, call, hook }: Shift, name: string): Promise<void> {
  try {
    await syncDirectory(settings.stateDirectory);
    await syncDirectory(settings.fallbackDirectory);
    await hook?.('synced');
    await sweep(settings, call.fence);
    await hook?.('swept-again');
    const link = await linkAt(join(settings.stateDirectory, 'current'));
    if (link !== name) throw new Error(`current is ${link} instead of ${name}`);
    await tidy(settings, call.fence);
  } catch (error) {
    throw fail('nginx/state-failed', { detail: (error as Error).message, cause: error });
  }
}

/** A newer owner is the reason that counts, whatever else went wrong: it may have caused it. */
function explain(settings: Settings, call: WriteCall, error: unknown): Error {
  try {
    refuseOldOwner(settings, call.fence);
  } catch (refusal) {
    if (isBluegreenError(refusal)) return refusal;
  }
  return fromSystem(error);
}
