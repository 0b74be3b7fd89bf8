import type { TrafficTarget } from '@bluegreen/contract';
import { fail, fromSystem } from './failure.js';
import { effectiveFallback } from './fallback.js';
import { type Include, readIncludes } from './include-file.js';
import { type LiveReading, misdirected, readLive, testUsers } from './live.js';
import type { Settings } from './settings.js';
import { readState, type StateReading } from './state.js';

/** The disk and the running nginx, looked at together. */
export interface Inspection {
  readonly state: StateReading;
  readonly includes: readonly Include[];
  readonly live: LiveReading;
}

const mostLooks = 3;

/**
 * Looks at the disk, asks nginx, and looks at the disk again: what nginx said is only compared with a state that did
 * not change meanwhile. @throws `nginx/unreachable`, or what the file system refused.
 */
export async function inspect(settings: Settings, signal: AbortSignal): Promise<Inspection> {
  let state = await readDisk(() => readState(settings));
  for (let look = 1; ; look += 1) {
    const target = state.routing.kind === 'split' ? state.routing.target : null;
    const live = await readLive(settings, testUsers(settings, target), signal);
    const after = await readDisk(() => readState(settings));
    if (after.revision === state.revision) {
      return { state: after, includes: await readDisk(() => readIncludes(settings)), live };
    }
    if (look === mostLooks) {
      throw fail('nginx/state-failed', { detail: `it changed during ${look} looks in a row`, reaction: 'retry' });
    }
    state = after;
  }
}

async function readDisk<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw fromSystem(error);
  }
}

/** A code of the table with what was seen. */
export interface Fault {
  readonly code:
    | 'nginx/include-not-loaded'
    | 'nginx/not-reloaded'
    | 'nginx/state-unreadable'
    | 'nginx/fallback-unreadable'
    | 'nginx/generation-mismatch'
    | 'nginx/decision-mismatch';
  readonly detail: string;
}

/** Where the running nginx does something else than the state on disk says; empty when it follows it. */
export function liveFaults(settings: Settings, { state, live }: Inspection): readonly Fault[] {
  const first = live.decisions?.[0];
  if (live.decisions === null || first === undefined) {
    return [{ code: 'nginx/include-not-loaded', detail: `${settings.internal.listen} answers for somebody else` }];
  }
  if (first.fingerprint !== settings.fingerprint) {
    const detail = `nginx runs ${first.fingerprint}, the options are ${settings.fingerprint}`;
    return [{ code: 'nginx/not-reloaded', detail }];
  }
  const faults: Fault[] = [];
  if (!first.readsState) faults.push({ code: 'nginx/state-unreadable', detail: settings.stateDirectory });
  if (!first.readsMarker) faults.push({ code: 'nginx/fallback-unreadable', detail: settings.fallbackDirectory });
  if (faults.length > 0 || state.routing.kind !== 'split') return faults;
  return [...faults, ...generationFaults(state, live), ...decisionFaults(settings, state.routing.target, state, live)];
}

function generationFaults(state: StateReading, { generations }: LiveReading): Fault[] {
  const wrong = generations.find(({ status, body }) => status !== 200 || body !== state.text);
  if (wrong === undefined) return [];
  if (wrong.status === 403) return [{ code: 'nginx/state-unreadable', detail: 'the generation is answered with 403' }];
  const detail =
    wrong.status === 200 ? 'another generation is answered' : `the generation is answered with ${wrong.status}`;
  return [{ code: 'nginx/generation-mismatch', detail }];
}

function decisionFaults(settings: Settings, target: TrafficTarget, state: StateReading, live: LiveReading): Fault[] {
  const decisions = live.decisions ?? [];
  const faults: Fault[] = misdirected(settings, target, decisions).map((detail) => ({
    code: 'nginx/decision-mismatch',
    detail,
  }));
  const fallback = effectiveFallback(settings, state.fallback);
  const expected = fallback === null ? `${settings.prefix}_nobody` : settings.upstreams[fallback].name;
  if (decisions[0]?.fallbackPool !== expected) {
    faults.push({
      code: 'nginx/fallback-unreadable',
      detail: `without the state, nginx would use ${decisions[0]?.fallbackPool} instead of ${expected}`,
    });
  }
  return faults;
}
