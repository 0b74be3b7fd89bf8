import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Fence, Routing } from '@bluegreen/contract';
import { checkMarkers } from './check-markers.js';
import { fail } from './failure.js';
import { effectiveFallback, type FallbackReading, readFallback } from './fallback.js';
import { type Generation, readGeneration } from './generation.js';
import { changedAtMs, linkAt, namesIn, textAt } from './reading.js';
import type { Settings } from './settings.js';

/** The switch state as it lies on disk, whatever nginx makes of it. */
export interface StateReading {
  /** The code is that of the finding, where the routing is foreign. */
  readonly routing: Exclude<Routing, { kind: 'foreign' }> | ForeignState;
  readonly revision: string;
  /** Where `current` points; `null` without one. */
  readonly link: string | null;
  /** The file that nginx shows; `null` without one. */
  readonly text: string | null;
  readonly generation: Generation | null;
  /** When `current` was put in place, in milliseconds since the epoch. */
  readonly committedAtMs: number | null;
  readonly fallback: FallbackReading;
}

export interface ForeignState {
  readonly kind: 'foreign';
  readonly code: 'nginx/state-missing' | 'nginx/state-lost' | 'nginx/state-edited';
  readonly summary: string;
}

/** Name of the directory of one generation. The fence in it keeps two owners from building the same one. */
export function generationName(fence: Fence): string {
  return `r-${fence.epoch}-${fence.sequence}`;
}

const mostReads = 5;

/** Reads everything that this adapter owns, as of one moment. */
export async function readState(settings: Settings): Promise<StateReading> {
  for (let read = 0; read < mostReads; read += 1) {
    const reading = await readOnce(settings);
    if (reading !== null) return reading;
  }
  throw fail('nginx/state-failed', { detail: `it changed during ${mostReads} reads in a row`, reaction: 'retry' });
}

/** `null` when somebody switched meanwhile, so that what was read may belong to two states. */
async function readOnce(settings: Settings): Promise<StateReading | null> {
  const current = join(settings.stateDirectory, 'current');
  const link = await linkAt(current);
  const directory = link === null ? null : join(settings.stateDirectory, link);
  const text = directory === null ? null : await textAt(join(directory, 'generation'));
  const generation = text === null ? null : readGeneration(text);
  const problems =
    directory === null || generation === null ? [] : await checkMarkers(settings, directory, generation.target);
  const fallback = await readFallback(settings);
  const names = await namesIn(settings.stateDirectory);
  const committedAtMs = link === null ? null : await changedAtMs(current);
  if ((await linkAt(current)) !== link) return null;
  const seen: Seen = { link, text, generation, problems, fallback, names };
  const routing = judge(settings, seen);
  return { routing, revision: revisionOf(seen), link, text, generation, committedAtMs, fallback };
}

interface Seen {
  readonly link: string | null;
  readonly text: string | null;
  readonly generation: Generation | null;
  readonly problems: readonly string[];
  readonly fallback: FallbackReading;
  readonly names: readonly string[];
}

function judge(settings: Settings, seen: Seen): StateReading['routing'] {
  const { link, generation, problems, fallback, names } = seen;
  if (!names.includes('setup')) {
    return foreign('nginx/state-missing', `${settings.stateDirectory} was not made by setup()`);
  }
  if (link === null) {
    if (names.includes('current')) return foreign('nginx/state-edited', '`current` is not a link');
    // The fallback is written after the first generation, never before: where there is one, a generation was lost.
    if (fallback.kind === 'missing') return { kind: 'unrouted' };
    return foreign('nginx/state-lost', `\`current\` is missing; nginx serves ${serves(settings, fallback)}`);
  }
  if (generation === null && seen.text === null) {
    return foreign('nginx/state-lost', `${link} is missing; nginx serves ${serves(settings, fallback)}`);
  }
  if (generation === null) return foreign('nginx/state-edited', `${link}/generation was changed`);
  if (generation.service !== settings.service || generationName(generation.fence) !== link) {
    return foreign('nginx/state-edited', `${link} holds another generation`);
  }
  if (problems.length > 0) return foreign('nginx/state-edited', problems.slice(0, 3).join('; '));
  if (fallback.kind === 'edited') return foreign('nginx/state-edited', `the fallback marker: ${fallback.summary}`);
  return { kind: 'split', target: { ...generation.target, fallback: effectiveFallback(settings, fallback) } };
}

function serves(settings: Settings, fallback: FallbackReading): string {
  return effectiveFallback(settings, fallback) ?? 'nobody';
}

function foreign(code: ForeignState['code'], summary: string): ForeignState {
  return { kind: 'foreign', code, summary };
}

function revisionOf({ link, text, problems, fallback, names }: Seen): string {
  const present = ['setup', 'current'].filter((name) => names.includes(name));
  const all = JSON.stringify([link, text, problems, fallback, present]);
  return createHash('sha256').update(all).digest('hex').slice(0, 32);
}
