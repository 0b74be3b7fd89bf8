import { fail, isBluegreenError } from '@bluegreen/contract';
import { type AnyPolicy, type CompiledPolicy, compilePolicy, type Fact, type ReleaseState } from '@bluegreen/machine';
import type { Engine } from './engine.js';
import { makeRoom } from './make-room.js';
import { type PreparedRelease, prepareRelease, refuseFindings } from './prepare-release.js';
import { foldRecords } from './read-journal.js';
import type { Release } from './release.js';
import type { StartRequest } from './releaser-options.js';
import { hasCapacity, releasesBefore } from './turn.js';

/** A policy as this releaser can carry it out. @throws `policy/…`, `release/metrics-missing` */
export function compileFor({ checks, webhooks, hooks, metrics }: Engine, policy: AnyPolicy): CompiledPolicy {
  const names = { checks: Object.keys(checks), webhooks: Object.keys(webhooks), hooks: Object.keys(hooks) };
  const compiled = compilePolicy(policy, names);
  if (metrics === undefined && usesMetrics(compiled)) throw fail('release/metrics-missing');
  return compiled;
}

/** Everything before the first record: whatever is wrong is refused here, and nothing was touched. */
export async function startRelease(engine: Engine, request: StartRequest): Promise<Release> {
  const { journal, drives, clock } = engine;
  const policy = compileFor(engine, request.policy);
  const id = request.id ?? engine.newId();
  const known = await knownRelease(engine, id, request, policy);
  if (known !== null) return known;
  const prepared = await prepareRelease(engine, request, policy, id);
  refuseFindings(prepared.findings);
  const { plan } = prepared;
  const { requestedBy, supersede = 'reject' } = request;
  const requested = { type: 'release-requested', at: clock.now(), id, requestedBy, plan } as const;
  if (supersede !== 'reject' && (await mustWait(engine, requested, supersede))) return engine.handle(id);
  await makeRoom(engine, plan, id);
  try {
    await drives.begin(requested, observedEpochs(prepared));
  } catch (error) {
    // Somebody else was asked for the same release at the same time, and was first.
    const first = isBluegreenError(error) && error.code === 'journal/lease-held';
    const theirs =
      first && (await journal.read(id)).length > 0 ? await knownRelease(engine, id, request, policy) : null;
    if (theirs !== null) return theirs;
    if (!first || supersede === 'reject') throw error;
    // Another release was a moment earlier: then this one waits like any other.
    await wait(engine, requested);
  }
  return engine.handle(id);
}

/** Records the release as one that waits, where something is before it; a `replace` aborts that. */
async function mustWait(engine: Engine, requested: Requested, supersede: 'queue' | 'replace'): Promise<boolean> {
  const { id, plan, requestedBy } = requested;
  const before = (await releasesBefore(engine, plan, id)).filter(({ phase }) => phase !== 'retiring');
  if (before.length === 0 && hasCapacity(engine)) return false;
  await wait(engine, requested);
  if (supersede === 'replace') {
    for (const other of before) await abortFor(engine, other.id, { by: requestedBy, reason: `replaced by ${id}` });
  }
  return true;
}

async function wait({ drives, queue }: Engine, requested: Requested): Promise<void> {
  await drives.enqueue(requested);
  queue.add(requested.id);
}

/** One that goes back already, or is about to end, needs no word. */
async function abortFor({ command, logger }: Engine, releaseId: string, said: Said): Promise<void> {
  try {
    await command(releaseId, { type: 'rollback-requested', abort: true, ...said });
  } catch (error) {
    if (!isBluegreenError(error) || !error.code.startsWith('release/')) throw error;
    logger.info({ releaseId, code: error.code }, 'not aborted; it ends by itself');
  }
}

type Requested = Fact & { readonly type: 'release-requested' };

interface Said {
  readonly by: string;
  readonly reason: string;
}

/** The release that has this id already. @throws `release/exists` when it was asked for something else */
async function knownRelease(
  { journal, handle }: Engine,
  id: string,
  request: StartRequest,
  policy: CompiledPolicy,
): Promise<Release | null> {
  const known = foldRecords(await journal.read(id));
  if (known === null) return null;
  if (!isSameRequest(known, request, policy)) throw fail('release/exists', { detail: id });
  return handle(id);
}

/** The same id twice is the same release only when it asks for the same thing. */
function isSameRequest(
  known: ReleaseState,
  { versions }: { readonly versions: StartRequest['versions'] },
  policy: CompiledPolicy,
): boolean {
  const names = Object.keys(versions);
  const sameVersions =
    names.length === Object.keys(known.plan.services).length &&
    names.every((name) => known.plan.services[name]?.version === versions[name]);
  return sameVersions && JSON.stringify(known.plan.policy) === JSON.stringify(policy);
}

function usesMetrics({ verify, shift, bake, guardrails }: CompiledPolicy): boolean {
  const gates = [...verify.gates, ...shift.flatMap((step) => step.gates), ...bake.gates, ...guardrails];
  return gates.some(({ kind }) => kind === 'analysis');
}

/** A journal that was begun anew must not count below what the routers remember. */
function observedEpochs({ plan, routing }: PreparedRelease): Readonly<Record<string, number>> {
  const epochs: Record<string, number> = {};
  for (const [name, { fence }] of Object.entries(routing)) {
    const { resource } = plan.services[name]!.traffic;
    if (fence !== undefined) epochs[resource] = Math.max(fence.epoch, epochs[resource] ?? 0);
  }
  return epochs;
}
