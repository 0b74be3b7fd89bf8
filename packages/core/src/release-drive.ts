import {
  type Clock,
  type Journal,
  type JournalRecord,
  type JournalWriter,
  type Lease,
  type Logger,
  releaseResource,
} from '@bluegreen/contract';
import { type CommandFact, type Fact, nextState, type ReleaseEvent, type ReleaseState } from '@bluegreen/machine';
import { adapterPerformer, type Service } from './adapter-performer.js';
import { AnalysisMemory } from './analysis-memory.js';
import { AsyncDriver, type DriveEnd } from './async-driver.js';
import { type Authorize, withRoles } from './authorization.js';
import type { Hook } from './hook.js';
import type { GateTools } from './judge.js';
import type { NotifySinks } from './notify/notice.js';
import { Notifier } from './notify/notifier.js';
import { commandFact, foldRecords } from './read-journal.js';
import { ReleaseProcess } from './release-process.js';

export interface DriveContext {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly owner: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly gates: GateTools;
  readonly hooks: Readonly<Record<string, Hook>>;
  readonly authorize: Authorize | undefined;
  readonly sinks: NotifySinks;
  /** Called with what was just recorded. */
  readonly onRecords: (releaseId: string, records: readonly JournalRecord<ReleaseEvent>[]) => void;
}

/** One release that this process drives: its lease, its writer, its inbox and its driver. */
export interface Drive {
  readonly releaseId: string;
  readonly state: ReleaseState;
  readonly ended: Promise<DriveEnd>;
  /** Applies the commands that wait. Resolves when they are recorded. */
  collectCommands(): Promise<void>;
  detach(): Promise<void>;
}

/**
 * Takes a release over with a lease that was just won: reads it, says so in its journal, and drives it. `request` is
 * given for a new one.
 */
export async function driveRelease(
  context: DriveContext,
  releaseId: string,
  lease: Lease,
  request: (Fact & { readonly type: 'release-requested' }) | null,
): Promise<Drive> {
  // Opened before it is read: from here on nothing that an earlier owner still writes is part of the history.
  const writer = await lease.writer(releaseId);
  const history = await context.journal.read(releaseId);
  const before = foldRecords(history);
  const now = context.clock.now();
  const resumed: Fact = {
    type: 'orchestrator-resumed',
    at: now,
    owner: context.owner,
    absentMs: absence(lease, releaseId, before, history.at(-1)?.event.at ?? now, now),
    epochs: lease.epochs,
  };
  const process = new ReleaseProcess(before ?? nextState(null, request!));
  let notifier: Notifier | null = null;
  const append = async (events: readonly ReleaseEvent[]): Promise<void> => {
    const records = await writer.append(events);
    context.onRecords(releaseId, records as readonly JournalRecord<ReleaseEvent>[]);
    notifier?.push(records);
  };
  notifier = notifierOf(context, releaseId, lease, append, history);
  if (before === null) await append([request!, { type: 'phase-entered', at: now, phase: 'preparing', from: null }]);
  await notifier.begin();
  const { clock, services, gates, hooks } = context;
  const memory = new AnalysisMemory(history);
  const performer = adapterPerformer({ releaseId, services, gates, hooks, clock, lease, memory });
  const driver = new AsyncDriver({ process, clock, performer, lease, append });
  const collect = commandCollector(context, writer, driver, () => process.state);
  // Together with what waits: a stuck release is over again unless a command opens it.
  const started = collect([resumed]);
  const unwatch = writer.watch(() => void collect([]));
  const ended = driver.ended.then((end) => finish(context, releaseId, lease, writer, { unwatch, notifier }, end));
  await started;
  return {
    releaseId,
    get state() {
      return process.state;
    },
    ended,
    collectCommands: () => collect([]),
    detach: async () => {
      await driver.detach();
      await ended;
    },
  };
}

/** How long a release that is over stays for sinks that have not heard the end. */
const lastWordsMs = 2_000;

function notifierOf(
  { sinks, clock, logger }: DriveContext,
  releaseId: string,
  lease: Lease,
  append: (events: readonly ReleaseEvent[]) => Promise<void>,
  history: readonly JournalRecord[],
): Notifier {
  return new Notifier({ releaseId, sinks, clock, logger, confirm: () => lease.confirm(), append }, history);
}

/**
 * How long nobody watched: since the last holder of this release was known to be alive, or, where the leases were lost,
 * since the last record.
 */
function absence(lease: Lease, releaseId: string, before: ReleaseState | null, lastAt: number, now: number): number {
  if (before === null) return 0;
  return Math.max(0, now - (lease.lastHeldAt[releaseResource(releaseId)] ?? lastAt));
}

/** Gives the driver `first` and every command that waits. One collection at a time; the next one follows. */
function commandCollector(
  context: DriveContext,
  writer: JournalWriter,
  driver: AsyncDriver,
  state: () => ReleaseState,
): (first: readonly Fact[]) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const collect = async (first: readonly Fact[]): Promise<void> => {
    try {
      const waiting = await writer.commands();
      const now = context.clock.now();
      const facts = waiting.map((command) => commandFact(command, now)).filter((fact) => fact !== null);
      const commands = await Promise.all(facts.map((fact) => entitled(context, fact, state())));
      if (commands.length + first.length > 0) await driver.give([...first, ...commands]);
      // What was given to a driver that is gone stays for the next one; applied twice, it is told apart by its id.
      if (waiting.length > 0 && !driver.isGone) await writer.forget(waiting.map(({ id }) => id));
    } catch (error) {
      context.logger.warn({ error }, 'commands could not be collected');
    }
  };
  return (first) => {
    last = last.then(() => collect(first));
    return last;
  };
}

/** Who may is decided where the release is driven. What can't be asked is not granted. */
async function entitled(
  { authorize, logger }: DriveContext,
  fact: CommandFact,
  state: ReleaseState,
): Promise<CommandFact> {
  try {
    return await withRoles(fact, state, authorize);
  } catch (error) {
    logger.error({ releaseId: state.id, command: fact.type, error }, 'roles could not be asked for; nobody has any');
    return { ...fact, roles: [] };
  }
}

async function finish(
  context: DriveContext,
  releaseId: string,
  lease: Lease,
  writer: JournalWriter,
  { unwatch, notifier }: { readonly unwatch: () => void; readonly notifier: Notifier },
  end: DriveEnd,
): Promise<DriveEnd> {
  unwatch();
  await (end.reason === 'over' ? notifier.finish(lastWordsMs) : notifier.stop());
  if (end.reason === 'broken')
    context.logger.error({ releaseId, error: end.error }, 'the journal refused; release left');
  try {
    await writer.close();
    await lease.free();
  } catch (error) {
    context.logger.warn({ releaseId, error }, 'the lease could not be freed; it will expire');
  }
  return end;
}
