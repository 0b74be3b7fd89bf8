import { hurryThroughCrashes, simulateCrashes } from './crash.js';
import { printFailure } from './print-failure.js';
import { type Hopes, problemsOf } from './problems.js';
import type { SimulateOptions } from './setting.js';
import type { SimulatedHistory } from './simulated-history.js';
import { situationsOf } from './situations.js';
import { costsUsers, excusedBy, leavesCallsAlone, needsPerson, simpler, type Trouble } from './trouble.js';

export interface ExploredFailure {
  readonly seed: number;
  readonly trouble: Trouble;
  readonly problems: readonly string[];
  readonly history: SimulatedHistory;
}

export interface Exploration {
  readonly runs: number;
  /** How often the release ended in which way. */
  readonly ends: Readonly<Record<string, number>>;
  /** In how many runs the release was in which situation: its phase, and whether it was held or stuck there. */
  readonly situations: Readonly<Record<string, number>>;
  /** The shortest trace first. */
  readonly failures: readonly ExploredFailure[];
}

/** What a new owner has to see again before it goes on: routing, slots, a whole window of an analysis. */
const restartMs = 180_000;
/** Longer than every absence, every patience and every person together. */
const allowanceMs = 1_800_000;

/**
 * Runs one release again and again, each time with other trouble, and holds every run to what is promised: nobody is
 * sent where nothing runs, the release ends, and it ends as it would have, or safely back, or says what a person must do.
 */
export function explore(options: SimulateOptions, troubles: Iterable<Trouble>): Exploration {
  const calm = simulateCrashes(options);
  const ends: Record<string, number> = {};
  const situations: Record<string, number> = {};
  const failures: ExploredFailure[] = [];
  let runs = 0;
  for (const trouble of troubles) {
    runs++;
    const failure = tryOne(options, calm, trouble, (history) => {
      count(ends, history.state.phase);
      for (const situation of situationsOf(history)) count(situations, situation);
    });
    if (failure !== null) failures.push(shortest(options, calm, failure));
  }
  failures.sort((a, b) => a.history.records.length - b.history.records.length);
  return { runs, ends, situations, failures };
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** The failures of an exploration for people, seeds and the shortest trace first; empty when there are none. */
export function printExploration({ runs, failures }: Exploration): string {
  const [first, ...others] = failures;
  if (first === undefined) return '';
  const rest = others.slice(0, 9).map(({ seed, trouble, problems }) => JSON.stringify({ seed, ...trouble, problems }));
  return [`${failures.length} of ${runs} runs failed; the shortest:`, printFailure(first), ...rest].join('\n');
}

function tryOne(
  options: SimulateOptions,
  calm: SimulatedHistory,
  trouble: Trouble,
  onRun: (history: SimulatedHistory) => void = () => {},
): ExploredFailure | null {
  const hopes = hopesOf(options, calm, trouble);
  const troubled = withTrouble({ ...options, horizonMs: hopes.withinMs * 2 }, trouble);
  const history = hurryThroughCrashes(troubled, trouble.crashes);
  onRun(history);
  const problems = problemsOf(history, hopes);
  return problems.length === 0 ? null : { seed: options.seed ?? 1, trouble, problems, history };
}

const dayMs = 86_400_000;

/** Who misses the last window of a day waits for the next day; who is held up there as well, for one more. */
function missedWindowsMs({ state }: SimulatedHistory, { faults, crashes, commands = [] }: Trouble): number {
  const isCalm = faults.length + crashes.length + commands.length === 0;
  return state.plan.openings === undefined || isCalm ? 0 : 2 * dayMs;
}

/** One release with this trouble on top of what it has anyway. */
export function simulateTrouble(options: SimulateOptions, trouble: Trouble): SimulatedHistory {
  return simulateCrashes(withTrouble(options, trouble), trouble.crashes);
}

function withTrouble(options: SimulateOptions, trouble: Trouble): SimulateOptions {
  const faults = [...(options.faults ?? []), ...trouble.faults];
  const commands = [...(options.commands ?? []), ...(trouble.commands ?? [])];
  return { ...options, faults, commands };
}

/** Leaves out whatever the failure does not need. */
function shortest(options: SimulateOptions, calm: SimulatedHistory, failure: ExploredFailure): ExploredFailure {
  for (const trouble of simpler(failure.trouble)) {
    const found = tryOne(options, calm, trouble);
    if (found !== null) return shortest(options, calm, found);
  }
  return failure;
}

export function hopesOf(options: SimulateOptions, calm: SimulatedHistory, trouble: Trouble): Hopes {
  const { faults, crashes, commands = [] } = trouble;
  const { policy } = calm.state.plan;
  const tookMs = calm.endedAt - calm.ledger.startedAt;
  const absentMs = crashes.reduce((sum, crash) => sum + crash.absentMs, 0);
  const { pollMs, settleMs, callMs } = policy.limits;
  const isHelped = (options.stuck ?? 'never') !== 'never';
  const awaitsApproval = calm.records.some(({ event }) => event.type === 'approval-requested');
  const isSentBack = commands.some(({ command }) => command === 'rollback' || command === 'abort');
  const mayGoBack = faults.length > 0 || (awaitsApproval && absentMs > 0) || isSentBack;
  const saidMs = Math.max(0, ...commands.map(({ afterMs }) => afterMs));
  return {
    end: calm.state.phase as Hopes['end'],
    orElse: [
      ...(mayGoBack ? (['rolled-back'] as const) : []),
      ...(faults.some((fault) => needsPerson(fault, options)) && !isHelped ? (['stuck'] as const) : []),
    ],
    withinMs:
      tookMs + absentMs + saidMs + missedWindowsMs(calm, trouble) + (faults.length > 0 ? allowanceMs : restartMs),
    expectations: {
      // What is read rarely is known late, and later yet when the reads fail.
      noticeMs: pollMs * 6 + (faults.length > 0 ? settleMs : 0),
      // Who gets users back is read right before; where calls have faults, or their owner dies, it takes longer.
      returnMs: crashes.length === 0 && faults.every(leavesCallsAlone) ? 1_000 : pollMs * 2 + callMs,
      retainMs: policy.retire.after,
      ...(options.service?.router?.drain === 'absent' ? { drainMs: policy.retire.drainMs } : {}),
    },
    excused: faults.flatMap((fault) => excusedBy(fault, options)),
    mayCut: faults.some(costsUsers) || (options.candidate?.flaps ?? options.candidate?.crashAfterMs) !== undefined,
  };
}
