import { pauseFor } from '@bluegreen/contract';
import { fail } from '../failure.js';
import type { Generation } from '../generation.js';
import { ask } from '../listener.js';
import { type Decision, readDecision, readFields } from '../live.js';
import type { NginxUser } from '../options.js';
import type { Settings } from '../settings.js';
import { decodeGeneration } from './managed-file.js';
import { readWorkers, type Workers } from './workers.js';

/** What the running workers say, and who of them takes new connections. */
export interface Running {
  /** `null`: whoever listens there is not nginx with our include. */
  readonly decisions: readonly Decision[] | null;
  readonly generation: Generation | null;
  /** The generation as the workers print it: equal text, equal generation. */
  readonly word: string;
  readonly workers: Workers;
  /** Every worker that takes new connections runs this generation. */
  readonly isProven: boolean;
}

/** Workers of which it is known that they run one generation. A worker never changes it. */
export interface KnownWorkers {
  word: string;
  keys: ReadonlySet<string>;
}

/**
 * The master starts new workers, waits 100 ms and only then tells the old ones to stop (nginx
 * `src/os/unix/ngx_process_cycle.c`); under load the last old answer was measured up to 427 ms later. So once the
 * youngest worker is older than this, all that still take connections were started from one configuration.
 */
const settledAfterMs = 1_000;
const fewestAnswers = 3;
const mostLooks = 80;
const lookEveryMs = 25;

/**
 * Asks the workers on fresh connections until all that take new ones are known to run the same generation.
 * @throws `nginx/unreachable`, `nginx/master-unknown`.
 */
export async function readRunning(
  settings: Settings,
  usersFor: (generation: Generation | null) => readonly NginxUser[],
  signal: AbortSignal,
  known: KnownWorkers,
): Promise<Running> {
  for (let look = 1; ; look += 1) {
    const before = await readWorkers(settings);
    const answers = await askWorkers(settings, usersFor, signal);
    const workers = await readWorkers(settings);
    const first = answers?.[0];
    if (answers === null || first === undefined) {
      return { decisions: null, generation: null, word: '', workers, isProven: false };
    }
    const isProven =
      answers.every(({ word }) => word === first.word) &&
      sameWorkers(before, workers) &&
      areKnown(workers, answers, known);
    if (isProven) remember(known, first.word, workers);
    if (isProven || look === mostLooks) {
      const decisions = answers.map(({ decision }) => decision);
      return { decisions, generation: decodeGeneration(first.word), word: first.word, workers, isProven };
    }
    await pauseFor(settings.clock, lookEveryMs, signal);
    if (signal.aborted) throw fail('nginx/aborted', { cause: signal.reason });
  }
}

/** All of these workers run this generation. */
export function remember(known: KnownWorkers, word: string, { accepting }: Workers): void {
  known.word = word;
  known.keys = new Set(accepting.map(({ key }) => key));
}

interface Answered {
  readonly decision: Decision;
  readonly pid: number;
  readonly word: string;
}

async function askWorkers(
  settings: Settings,
  usersFor: (generation: Generation | null) => readonly NginxUser[],
  signal: AbortSignal,
): Promise<readonly Answered[] | null> {
  const first = await askWorker(settings, {}, signal);
  if (first === null) return null;
  const users = usersFor(decodeGeneration(first.word));
  const answers: Answered[] = [];
  for (let at = 0; at < Math.max(users.length, fewestAnswers); at += 1) {
    const answer = await askWorker(settings, users[at % users.length] ?? {}, signal);
    if (answer === null) return null;
    answers.push(answer);
  }
  return answers;
}

/** One worker's answer about one user, on a connection of its own; `null` from anything but our include. */
export async function askWorker(settings: Settings, user: NginxUser, signal: AbortSignal): Promise<Answered | null> {
  const { status, body } = await ask(settings, '/decision', user, signal);
  const decision = status === 200 ? readDecision(body, user) : null;
  if (decision === null) return null;
  const { pid, generation } = readFields(body);
  return { decision, pid: Number(pid), word: generation ?? '' };
}

function sameWorkers(a: Workers, b: Workers): boolean {
  return a.accepting.map(({ key }) => key).join() === b.accepting.map(({ key }) => key).join();
}

/** Each worker has answered, is known from before, or is too old to share the router with another configuration. */
function areKnown({ accepting }: Workers, answers: readonly Answered[], known: KnownWorkers): boolean {
  const word = answers[0]!.word;
  const answered = new Set(answers.map(({ pid }) => pid));
  const isSettled = accepting.every(({ ageMs }) => ageMs > settledAfterMs);
  const isKnown = (pid: number, key: string) => answered.has(pid) || (known.word === word && known.keys.has(key));
  return accepting.length > 0 && (isSettled || accepting.every(({ pid, key }) => isKnown(pid, key)));
}
