import type { JournalRecord } from '@bluegreen/contract';
import { ReleaseProcess, SyncDriver } from '@bluegreen/core/driving';
import type { AnyPolicy, CompiledPolicy, ReleaseEvent } from '@bluegreen/machine';
import { assumptionsOf } from '../result/assumptions.js';
import { answers, type SimulatedPeople } from '../run/people.js';
import { carriedOut, type Setting, settingOf } from '../run/setting.js';
import { performerFor } from '../run/simulate.js';
import { resumedFact } from '../run/simulated-release.js';
import type { Operations } from '../world/operations.js';
import { candidateSince, checkRecording, type Recording } from './recording.js';
import { type Replayed, ReplayedMetrics } from './replayed-metrics.js';

export interface BacktestOptions extends Pick<SimulatedPeople, 'approval'> {
  /** Decides which recorded requests are kept where the weights differ. Default 1. */
  readonly seed?: number;
}

/** What a policy would have made of a recorded release. */
export interface BacktestRun extends Replayed {
  readonly recording: string;
  readonly truth: Recording['truth'] | null;
  /**
   * `promoted` and `stopped` by evidence; `undecided`: given up because there was not enough of it; `held`: paused for a
   * person; `too-short`: the recording ended first.
   */
  readonly outcome: 'promoted' | 'stopped' | 'undecided' | 'held' | 'too-short';
  /** The gate or guardrail that decided, where one did. */
  readonly gate: string | null;
  /** Why, with the numbers. */
  readonly sentence: string;
  /** From the first user on the candidate to that end; `null`: no user met it. */
  readonly afterMs: number | null;
  readonly records: readonly JournalRecord<ReleaseEvent>[];
  /** What the recording does not say and was taken for granted, and what was scaled, in words. */
  readonly assumed: readonly string[];
}

/**
 * Replays a whole policy, its steps, holds and gates, on the recorded metrics of a past release. The machine, the gates
 * and the runner are those of production; the recording stands in for the metrics, and the simulated world for router and
 * environments, where nothing goes wrong. The replay ends with its decision; what comes after it was not recorded.
 *
 * @throws `policy/…`, `simulator/recording-invalid`
 */
export function backtest(policy: AnyPolicy, recording: Recording, options: BacktestOptions = {}): BacktestRun {
  checkRecording(recording);
  const { seed = 1 } = options;
  // Windows of a policy are hours of a day: the replay begins when the recorded candidate did.
  const world = settingOf({ policy, seed, traffic: '1rps' }, candidateSince(recording));
  const metrics = new ReplayedMetrics(recording, seed, 'blue', 'green');
  const setting: Setting = { ...world, world: { ...world.world, operations: replaying(world, metrics) } };
  const end = driven(setting, metrics, options);
  const replayed = metrics.replayed(end.at);
  const since = metrics.candidateSince;
  return {
    recording: recording.name,
    truth: recording.truth ?? null,
    outcome: end.outcome,
    gate: end.gate,
    sentence: end.sentence,
    afterMs: since === null ? null : Math.max(0, end.at - since),
    ...replayed,
    records: setting.journal.records,
    assumed: [...takenForGranted(setting.plan.policy, options), ...scalingOf(replayed)],
  };
}

/** The operations of the world, with recorded metrics, whose weights the recording is told. */
function replaying({ clock, world }: Setting, metrics: ReplayedMetrics): Operations {
  const { operations } = world;
  return {
    ...operations,
    route: (args, call, done) =>
      operations.route(args, call, (reply) => {
        if (reply.error === null) metrics.split(args.target.weights.green / 100, clock.now());
        done(reply);
      }),
    readMetrics(args, _call, done) {
      const timer = clock.setTimeout(() => done({ error: null, value: metrics.read(args, clock.now()) }), 0);
      return () => clock.clearTimeout(timer);
    },
  };
}

interface End {
  readonly outcome: BacktestRun['outcome'];
  readonly gate: string | null;
  readonly sentence: string;
  readonly at: number;
}

function driven(setting: Setting, metrics: ReplayedMetrics, options: BacktestOptions): End {
  const { clock, plan, id, journal, horizon } = setting;
  const process = new ReleaseProcess(setting.initial);
  let end: End | null = null;
  const driver: SyncDriver = new SyncDriver({
    process,
    clock,
    performer: performerFor(setting, 1),
    append(events) {
      journal.append(events, 1);
      for (const event of events) end ??= endOf(event);
      for (const command of answers(events, options)) {
        clock.setTimeout(() => driver.give([carriedOut(command, setting)]), command.afterMs);
      }
    },
  });
  driver.give([resumedFact(plan, id, 'owner-1', 1, 0, clock.now())]);
  const isOver = (): boolean => end !== null || (clock.nextDueAt() ?? horizon) > (metrics.endsAt ?? horizon - 1);
  clock.runUntil(isOver);
  driver.stop();
  const { phase } = process.state;
  return (
    end ?? {
      outcome: 'too-short',
      gate: null,
      sentence: `The recording ended while the release was ${phase}.`,
      at: metrics.endsAt ?? clock.now(),
    }
  );
}

function endOf(event: ReleaseEvent): End | null {
  const { at } = event;
  switch (event.type) {
    case 'release-promoted':
      return { outcome: 'promoted', gate: null, sentence: 'Every gate passed.', at };
    case 'rollback-begun': {
      const { code, message, gate } = event.cause;
      const isEvidence = code === 'gate-failed' || code === 'guardrail-failed';
      return { outcome: isEvidence ? 'stopped' : 'undecided', gate: gate ?? null, sentence: message, at };
    }
    case 'release-paused':
      return { outcome: 'held', gate: null, sentence: event.reason, at };
    default:
      return null;
  }
}

function takenForGranted(policy: CompiledPolicy, options: BacktestOptions): readonly string[] {
  const { audiences, analyses, retire } = policy;
  // What these would say is about simulated users, and about the time after the decision: neither is replayed.
  const replayed = { ...policy, audiences: {}, retire: { ...retire, after: 0 } };
  const assumed = [...assumptionsOf({ ...options, held: 'never', traffic: 'recorded' }, replayed)];
  if (Object.keys(audiences).length > 0) {
    assumed.push('audiences are not replayed: the candidate has its first users with the first weight');
  }
  if (Object.values(analyses).some(({ kind }) => kind === 'latency')) {
    assumed.push('the recording has no latencies: analyses of kind latency decide nothing');
  }
  return assumed;
}

function scalingOf({ usedShare }: Replayed): readonly string[] {
  if (usedShare > 0.999) return [];
  const percent = (100 * usedShare).toPrecision(2);
  return [
    `the replayed weights are not the recorded ones: ${Number(percent)} % of the recorded traffic could be used, so gates had less evidence than they would have had`,
  ];
}
