import type { Drain, ReadCall, Routing, Slot, TrafficObservation } from '@bluegreen/contract';
import { pauseFor, slots } from '@bluegreen/contract';
import { fail, fromSystem } from '../failure.js';
import type { NginxCode } from '../finding.js';
import { isReachable } from '../generation.js';
import { misdirected, testUsers } from '../live.js';
import type { Settings } from '../settings.js';
import { type ManagedFile, readManaged } from './managed-file.js';
import { encodeGeneration } from './render-managed.js';
import { type KnownWorkers, type Running, readRunning } from './running.js';

/** The file and the running nginx, looked at together. */
export interface ReloadInspection {
  readonly file: ManagedFile;
  readonly running: Running;
}

/** What the running nginx or the file has that is not as these options made it. */
export interface ReloadFault {
  readonly code: Extract<
    NginxCode,
    | 'nginx/include-missing'
    | 'nginx/include-edited'
    | 'nginx/include-outdated'
    | 'nginx/include-not-loaded'
    | 'nginx/not-reloaded'
    | 'nginx/decision-mismatch'
  >;
  readonly detail: string;
}

/** A write takes about half a second from its rename to its last worker; one that takes longer has died or hangs. */
const longestPendingMs = 2_000;
const lookEveryMs = 25;

/**
 * Looks at the file, asks nginx, and looks at the file again, until the two agree: in the middle of a write they do not,
 * and that is neither the routing before it nor the one after it.
 */
export async function inspectReloads(
  settings: Settings,
  signal: AbortSignal,
  known: KnownWorkers,
): Promise<ReloadInspection> {
  const deadline = settings.clock.now() + longestPendingMs;
  try {
    let before = await readManaged(settings);
    while (true) {
      const running = await readRunning(settings, (of) => testUsers(settings, of?.target ?? null), signal, known);
      const file = await readManaged(settings);
      const isSteady = file.revision === before.revision;
      const isLate = settings.clock.now() > deadline;
      if (isSteady && (isLate || !isPending({ file, running }))) return { file, running };
      if (isLate) throw fail('nginx/state-failed', { detail: 'it changed during every look', reaction: 'retry' });
      before = file;
      await pauseFor(settings.clock, lookEveryMs, signal);
      if (signal.aborted) throw fail('nginx/aborted', { cause: signal.reason });
    }
  } catch (error) {
    throw fromSystem(error);
  }
}

/** True while nginx runs another generation than the file holds. */
function isPending({ file, running }: ReloadInspection): boolean {
  return file.status === 'current' && running.decisions !== null && running.word !== encodeGeneration(file.generation);
}

/**
 * What users get is what the workers run, so that is the routing; what lies in the file comes after the next reload or
 * restart. The two differ while a write is on its way, and after a writer died in between.
 */
export async function observeReloads(
  settings: Settings,
  call: ReadCall,
  known: KnownWorkers,
): Promise<TrafficObservation> {
  const { file, running } = await inspectReloads(settings, call.signal, known);
  const fault = reloadFaults(settings, { file, running })[0];
  const { generation } = running;
  const routing: Routing = fault === undefined ? routed(running) : foreign(fault);
  const drain =
    routing.kind === 'split' && running.isProven
      ? { drain: Object.fromEntries(slots.map((slot) => [slot, drainOf(settings, running, slot)])) as Drains }
      : {};
  return {
    routing,
    revision: `${file.revision}-${isPending({ file, running }) ? 'pending' : 'live'}`,
    ...(generation === null ? {} : { fence: generation.fence }),
    proof: fault === undefined && running.isProven ? 'proven' : 'accepted',
    afterRestart: afterRestart(settings, file),
    ...drain,
  };
}

type Drains = Readonly<Record<Slot, Drain>>;

function routed({ generation }: Running): Routing {
  return generation === null ? { kind: 'unrouted' } : { kind: 'split', target: generation.target };
}

function afterRestart(settings: Settings, file: ManagedFile): Routing {
  const fault = fileFault(settings, file);
  if (fault !== null) return foreign(fault);
  return file.generation === null ? { kind: 'unrouted' } : { kind: 'split', target: file.generation.target };
}

function foreign({ code, detail }: ReloadFault): Routing {
  return { kind: 'foreign', summary: `${code}: ${detail}` };
}

function fileFault({ includeFiles }: Settings, { status, hasRouting }: ManagedFile): ReloadFault | null {
  const detail = includeFiles.http;
  if (status !== 'current') return { code: `nginx/include-${status}`, detail };
  return hasRouting ? null : { code: 'nginx/include-outdated', detail: `${detail} is of switch mode` };
}

/** Everything that is not as it should be; a file on which nothing can be built comes first. */
export function reloadFaults(settings: Settings, { file, running }: ReloadInspection): readonly ReloadFault[] {
  const inFile = fileFault(settings, file);
  return [...(inFile === null ? [] : [inFile]), ...runningFaults(settings, running)];
}

function runningFaults(settings: Settings, { decisions, generation }: Running): ReloadFault[] {
  const first = decisions?.[0];
  if (decisions === null || first === undefined) {
    return [{ code: 'nginx/include-not-loaded', detail: `${settings.internal.listen} answers for somebody else` }];
  }
  if (first.fingerprint !== settings.fingerprint) {
    const detail = `nginx runs ${first.fingerprint}, the options are ${settings.fingerprint}`;
    return [{ code: 'nginx/not-reloaded', detail }];
  }
  if (generation === null) return [];
  return misdirected(settings, generation.target, decisions).map((detail) => ({
    code: 'nginx/decision-mismatch' as const,
    detail,
  }));
}

/**
 * Workers of the running configuration never had another one, so without older ones nothing runs in a slot that it does
 * not reach. With older ones there is a bound: they take nothing new from when the youngest workers took over.
 */
function drainOf(settings: Settings, { generation, workers }: Running, slot: Slot): Drain {
  const { longestRequestMs } = settings;
  if (generation === null || isReachable(generation.target, slot))
    return { kind: 'bounded', atMostMs: longestRequestMs };
  if (workers.draining.length === 0) return { kind: 'counted', open: 0 };
  const tookOverMs = Math.max(0, Math.min(...workers.accepting.map(({ ageMs }) => ageMs)) - handOverMs);
  return { kind: 'bounded', atMostMs: Math.max(0, Math.ceil(longestRequestMs - tookOverMs)) };
}

/** Until old workers no longer take requests: the 100 ms of nginx and what load added to them, measured 427 ms. */
const handOverMs = 1_000;
