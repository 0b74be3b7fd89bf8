import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  compareFences,
  isBluegreenError,
  printStamp,
  sameTarget,
  type TrafficTarget,
  type WriteCall,
} from '@bluegreen/contract';
import { claim, forgetClaims, refuseOldOwner } from '../claims.js';
import { writeDurably } from '../durable.js';
import { errnoOf, fail, fromSystem } from '../failure.js';
import { type Generation, nextIdleSince } from '../generation.js';
import { runNginx } from '../nginx-program.js';
import { namesIn } from '../reading.js';
import type { Settings } from '../settings.js';
import { isLive, sendReload, testConfiguration, upgradeGoingOn, wordOf } from './activate.js';
import { decodeGeneration, type ManagedFile, printManaged, readManaged } from './managed-file.js';
import {
  alonePath,
  dropPrepared,
  prepare,
  preparedPath,
  putInPlace,
  sweepPrepared,
  syncPlace,
} from './managed-writes.js';
import { encodeGeneration } from './render-managed.js';
import { askWorker, type KnownWorkers } from './running.js';
import { readWorkers, type Workers } from './workers.js';

/** The places where a writer may be stopped for ever, in this order. */
export const reloadSteps = ['claimed', 'swept', 'prepared', 'switched', 'tested', 'reloaded', 'live'] as const;

/** Awaited after each step; only tests give one. */
export type ReloadHook = (step: (typeof reloadSteps)[number]) => Promise<void>;

interface Shift {
  readonly settings: Settings;
  readonly target: TrafficTarget;
  readonly expectedRevision: string;
  readonly call: WriteCall;
  readonly known: KnownWorkers;
  readonly hook: ReloadHook | undefined;
}

/**
 * Makes `target` the running configuration: claim, sweep, read, prepare, check, rename, test, reload, confirm.
 *
 * The order of writers is that of the switch: the last look and the rename are one moment of this process, and a newer
 * owner first claims and removes what older ones prepared, so an older one can put neither its next file nor its
 * previous one in place. A reload by an older owner loads whatever file is there: that of the newer one.
 */
export async function shiftByReload(
  settings: Settings,
  target: TrafficTarget,
  expected: { readonly revision: string },
  call: WriteCall,
  known: KnownWorkers,
  hook?: ReloadHook,
): Promise<void> {
  const audiences = [...target.audiences].sort((a, b) => (a.name < b.name ? -1 : 1));
  // Nothing falls back in this mode, so no fallback is remembered.
  const whole = { ...target, audiences, fallback: null };
  const work: Shift = { settings, target: whole, expectedRevision: fileRevision(expected.revision), call, known, hook };
  try {
    if (!(await namesIn(settings.stateDirectory)).includes('setup')) {
      throw fail('nginx/state-missing', { detail: `${settings.stateDirectory} was not made by setup()` });
    }
    admit(work, await readManaged(settings));
    await claim(settings, call.fence);
    await hook?.('claimed');
    await sweepPrepared(settings, call.fence);
    await hook?.('swept');
    const before = await readManaged(settings);
    const open = admit(work, before);
    const word = open === 'all' ? await write(work, before) : encodeGeneration(before.generation);
    await activate(work, word);
    await forgetClaims(settings, call.fence);
  } catch (error) {
    throw explain(work, error);
  } finally {
    dropPrepared(settings, call.fence);
  }
}

/** What `observe` adds to the fingerprint of the file says whether it is loaded, and is not ours to compare. */
function fileRevision(revision: string): string {
  return revision.split('-')[0]!;
}

/** What is left to do for this write: to make it live, or all of it. Throws when it must not be done. */
function admit({ target, expectedRevision, call }: Shift, file: ManagedFile): 'activate' | 'all' {
  const { generation, status, revision } = file;
  if (status === 'missing') throw fail('nginx/include-missing');
  if (generation !== null) {
    const order = compareFences(call.fence, generation.fence);
    const stamps = `${printStamp(generation.fence)} is stored, ${printStamp(call.fence)} came`;
    if (call.fence.epoch < generation.fence.epoch) throw fail('nginx/newer-owner', { detail: stamps });
    const isSame = order === 0 && generation.key === call.idempotencyKey && sameTarget(generation.target, target);
    if (isSame && status === 'current') return 'activate';
    if (order <= 0) throw fail('nginx/sequence-behind', { detail: stamps });
  }
  if (revision !== expectedRevision) throw fail('nginx/revision-changed');
  return 'all';
}

/** Puts the new file in place. @returns its generation as the workers will print it. */
async function write(work: Shift, before: ManagedFile): Promise<string> {
  const { settings, target, call, hook } = work;
  const running = await runningGeneration(work);
  const known = before.generation !== null && before.changedAtMs !== null;
  const next: Generation = {
    service: settings.service,
    fence: call.fence,
    key: call.idempotencyKey,
    target,
    idleSince: nextIdleSince(
      target,
      known ? { generation: before.generation!, committedAtMs: before.changedAtMs! } : null,
    ),
  };
  await prepare(settings, call.fence, 'next', printManaged(settings, next));
  await prepare(settings, call.fence, 'previous', previousText(settings, before, running));
  await syncPlace(settings);
  await testAlone(work);
  await hook?.('prepared');
  check(work, before);
  putInPlace(settings, call.fence, 'next');
  await syncPlace(settings);
  await hook?.('switched');
  return encodeGeneration(next);
}

/** What runs now; `undefined` when that cannot be told, which stops no write. */
async function runningGeneration({ settings, call }: Shift): Promise<Generation | null | undefined> {
  try {
    const answer = await askWorker(settings, {}, call.signal);
    if (answer === null || answer.decision.fingerprint !== settings.fingerprint) return undefined;
    return decodeGeneration(answer.word);
  } catch (error) {
    if (isBluegreenError(error) && error.code === 'nginx/unreachable') return undefined;
    throw error;
  }
}

/**
 * What to go back to: the very bytes that are there. Only where a writer died before its reload, the file holds what
 * never ran; then it is what runs.
 */
function previousText(settings: Settings, before: ManagedFile, running: Generation | null | undefined): string {
  const isPending =
    before.status === 'current' &&
    running !== undefined &&
    encodeGeneration(running) !== encodeGeneration(before.generation);
  return isPending ? printManaged(settings, running) : before.text!;
}

/**
 * Our part on its own, before it has the name that a reload by somebody else would load. Without the rights to test it
 * so, the test of the whole has to do.
 */
async function testAlone({ settings, call }: Shift): Promise<void> {
  const wrapper = alonePath(settings, call.fence);
  const next = preparedPath(settings, call.fence, 'next');
  const lines = [`pid ${wrapper}.pid;`, 'error_log stderr;', 'events {}', `http { access_log off; include ${next}; }`];
  try {
    await writeDurably(`${wrapper}.conf`, `${lines.join('\n')}\n`);
    const run = await runNginx(settings.command!, ['-t', '-c', `${wrapper}.conf`], call.signal);
    if ('problem' in run && run.stderr.includes(` in ${next}:`))
      throw fail('nginx/test-failed', { detail: run.problem });
  } finally {
    await rm(`${wrapper}.conf`, { force: true });
    await rm(`${wrapper}.pid`, { force: true });
  }
}

/** Synchronous up to the rename that follows, like the check of the switch. */
function check({ settings, call }: Shift, before: ManagedFile): void {
  if (call.signal.aborted) throw fail('nginx/aborted', { cause: call.signal.reason });
  refuseOldOwner(settings, call.fence);
  let now: string | null = null;
  try {
    now = readFileSync(settings.includeFiles.http, 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  if (now !== before.text) throw fail('nginx/revision-changed');
}

/** From the file in place to workers that run it, or back to the file of before. */
async function activate(work: Shift, word: string): Promise<void> {
  const { settings, call, hook } = work;
  const before = await ready(work);
  await hook?.('tested');
  try {
    refuseOldOwner(settings, call.fence);
    const refused = await sendReload(settings, call.signal);
    if (refused !== null) await goBack(work, fail('nginx/test-failed', { detail: refused }));
    await hook?.('reloaded');
    if (!(await isLive(work, word, before))) await reloadBack(work);
    await hook?.('live');
  } catch (error) {
    throw isEnd(error) ? error : fail('nginx/reload-unfinished', { detail: (error as Error).message, cause: error });
  }
}

/** The workers that a reload has to replace; everything that speaks against the reload puts the previous file back. */
async function ready(work: Shift): Promise<Workers> {
  const { settings, call } = work;
  try {
    const problem = await testConfiguration(settings, call.signal);
    if (call.signal.aborted) throw fail('nginx/aborted', { cause: call.signal.reason });
    if (problem !== null) throw fail('nginx/test-failed', { detail: problem });
    const upgrade = upgradeGoingOn(settings);
    if (upgrade !== null) throw upgrade;
    return await readWorkers(settings);
  } catch (error) {
    return goBack(work, fromSystem(error));
  }
}

const endings = ['nginx/test-failed', 'nginx/reload-refused', 'nginx/newer-owner'];

/** True for an error after which it is known what runs; any other one leaves that open. */
function isEnd(error: unknown): boolean {
  return isBluegreenError(error) && endings.includes(error.code);
}

/** Puts the previous file back, byte for byte, and throws why. Nothing was reloaded, so nothing has to be now. */
async function goBack(work: Shift, why: Error): Promise<never> {
  await restore(work);
  throw why;
}

/** nginx was told and did not follow within its time: it has to be told again, or a late success would undo this. */
async function reloadBack(work: Shift): Promise<never> {
  const { settings, call } = work;
  await restore(work);
  const word = encodeGeneration((await readManaged(settings)).generation);
  const before = await readWorkers(settings);
  const problem = (await testConfiguration(settings, call.signal)) ?? (await sendReload(settings, call.signal));
  if (problem !== null) throw fail('nginx/reload-unfinished', { detail: problem });
  // Where it can load no configuration at all (its port is taken), the old workers go on with the previous one.
  if ((await wordOf(settings, call.signal)) === word || (await isLive(work, word, before))) {
    throw fail('nginx/reload-refused');
  }
  throw fail('nginx/reload-unfinished', { detail: 'neither the new nor the previous configuration is live' });
}

/** Synchronous up to the rename. A repeated write that found its file in place has nothing to go back to. */
async function restore({ settings, call }: Shift): Promise<void> {
  const hasPrevious = existsSync(preparedPath(settings, call.fence, 'previous'));
  refuseOldOwner(settings, call.fence);
  if (!hasPrevious) return;
  putInPlace(settings, call.fence, 'previous');
  await syncPlace(settings);
}

/** A newer owner is the reason that counts, whatever else went wrong: it may have caused it. */
function explain({ settings, call }: Shift, error: unknown): Error {
  try {
    refuseOldOwner(settings, call.fence);
  } catch (refusal) {
    if (isBluegreenError(refusal)) return refusal;
  }
  return fromSystem(error);
}
