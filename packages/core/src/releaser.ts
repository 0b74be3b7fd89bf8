import { randomUUID } from 'node:crypto';
import { type Clock, fail, type Journal, type Logger, type MetricSource } from '@bluegreen/contract';
import {
  type AnyPolicy,
  type CompiledPolicy,
  compilePolicy,
  type Policy,
  type ReleaseEvent,
  type ReleaseState,
} from '@bluegreen/machine';
import { EventEmitter } from 'eventemitter3';
import type { Service } from './adapter-performer.js';
import type { Check } from './check.js';
import { type CommandDraft, giveCommand } from './command.js';
import { Drives } from './drives.js';
import { listReleases, type ReleaseFilter, type ReleaseListing } from './list-releases.js';
import { makeRoom } from './make-room.js';
import { type ReleasePlanReport, reportPlan } from './plan-report.js';
import { type PreparedRelease, prepareRelease, refuseFindings } from './prepare-release.js';
import { foldRecords } from './read-journal.js';
import { recoverAll, Standby } from './recovery.js';
import { Release } from './release.js';
import { type NumberedEvent, ReleaseFeed } from './release-feed.js';
import { systemClock } from './system-clock.js';

export interface ReleaserOptions<C extends string = string> {
  readonly services: Readonly<Record<string, Service>>;
  readonly journal: Journal;
  readonly metrics?: MetricSource;
  /** Code that policies call by name. */
  readonly checks?: { readonly [Name in C]: Check };
  readonly clock?: Clock;
  readonly newId?: () => string;
  /** Silent by default; a pino instance fits. */
  readonly logger?: Logger;
  /** Names this process in leases and journals. */
  readonly owner?: string;
  /** How long this process may be silent before another one takes over its releases. Default 15,000. */
  readonly leaseTtlMs?: number;
}

export interface StartRequest<C extends string = string> {
  /** The same id with the same request gives the same release. Default: a new one. */
  readonly id?: string;
  /** The version for each service of the release. */
  readonly versions: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  // biome-ignore lint/suspicious/noExplicitAny: the names of analyses and audiences are checked within the policy itself.
  readonly policy: Policy<C, any, any>;
  readonly requestedBy: string;
}

/** Who and why. */
export interface Said {
  readonly by: string;
  readonly reason: string;
}

type Listener<T extends ReleaseEvent['type']> = (
  event: NumberedEvent & { readonly type: T } & { readonly releaseId: string },
) => void;

/** Starts, drives and commands releases. Made by `createReleaser`. */
export interface Releaser<C extends string = string> {
  /** @throws `policy/…`, codes of the adapters' findings, `release/unfinished`, `release/exists`, `journal/lease-held`; nothing was touched then */
  start(request: StartRequest<C>): Promise<Release>;
  /** What a start would do, and what speaks against it. Reads only. */
  plan(request: Omit<StartRequest<C>, 'requestedBy' | 'id'>): Promise<ReleasePlanReport>;
  /** A handle on a release of this journal, whoever drives it. @throws `release/unknown` */
  get(id: string): Promise<Release>;
  list(filter?: ReleaseFilter): Promise<readonly ReleaseListing[]>;
  approve(id: string, gate: string, said: Said): Promise<void>;
  pause(id: string, said: Said): Promise<void>;
  resume(id: string, said: Said): Promise<void>;
  /** Takes the traffic back; accepted in every phase until teardown begins. */
  rollback(id: string, said: Said): Promise<void>;
  /** A rollback whose cause is that the release is not wanted any more. */
  abort(id: string, said: Said): Promise<void>;
  /** Opens a stuck release again. */
  retry(id: string, said: Said): Promise<void>;
  /**
   * Drives every unfinished release that nobody drives. With `follow` it goes on looking, as a standby, until the
   * releaser is closed. Answers the ids that it took over now.
   */
  recover(options?: { readonly follow?: boolean }): Promise<readonly string[]>;
  /** Hears events of the releases that this process drives. A listener that throws is reported, never propagated. */
  on<T extends ReleaseEvent['type']>(type: T, listener: Listener<T>): () => void;
  /** Leaves every release as it is: frees its lease, so that another process can go on. Never rolls back. */
  close(): Promise<void>;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const defaultTtlMs = 15_000;

export function createReleaser<C extends string = never>(options: ReleaserOptions<C>): Releaser<C> {
  const { journal, services } = options;
  const clock = options.clock ?? systemClock();
  const newId = options.newId ?? randomUUID;
  const logger = options.logger ?? silent;
  const checks = (options.checks ?? {}) as Readonly<Record<string, Check>>;
  const emitter = new EventEmitter<string>();
  const feed = new ReleaseFeed(clock);
  const ttlMs = options.leaseTtlMs ?? defaultTtlMs;
  const context = {
    journal,
    clock,
    logger,
    owner: options.owner ?? `${process.pid}-${newId()}`,
    services,
    metrics: options.metrics,
    checks,
    onRecords: (releaseId: string, records: readonly { seq: number; event: ReleaseEvent }[]) => {
      feed.notify(releaseId);
      for (const { seq, event } of records) emitter.emit(event.type, { releaseId, seq, ...event });
    },
  };
  const drives = new Drives(context, ttlMs);
  const over = new Set<string>();
  const recovery = { journal, drives, clock, logger, services, over };
  const standby = new Standby(recovery, ttlMs / 3);
  const handle = (id: string): Release =>
    new Release(id, { journal, feed, driven: () => drives.get(id)?.state ?? null });
  const command = (id: string, draft: CommandDraft): Promise<void> =>
    giveCommand({ journal, drives, clock, newId }, id, draft);
  const compile = (policy: AnyPolicy): CompiledPolicy => compilePolicy(policy, { checks: Object.keys(checks) });

  return {
    async start(request) {
      const policy = compile(request.policy);
      const id = request.id ?? newId();
      const known = foldRecords(await journal.read(id));
      if (known !== null) {
        if (!isSameRequest(known, request, policy)) throw fail('release/exists', { detail: id });
        return handle(id);
      }
      if (options.metrics === undefined && usesMetrics(policy)) throw fail('release/metrics-missing');
      const prepared = await prepareRelease(services, request, policy, id);
      refuseFindings(prepared.findings);
      await makeRoom({ journal, drives, clock, command, over }, prepared.plan, id);
      const { plan } = prepared;
      const at = clock.now();
      const { requestedBy } = request;
      await drives.begin({ type: 'release-requested', at, id, requestedBy, plan }, observedEpochs(prepared));
      return handle(id);
    },
    async plan(request) {
      const prepared = await prepareRelease(services, request, compile(request.policy), 'plan');
      return reportPlan(prepared);
    },
    async get(id) {
      if ((await journal.read(id)).length === 0) throw fail('release/unknown', { detail: id });
      return handle(id);
    },
    list: (filter) => listReleases(journal, filter ?? {}),
    approve: (id, gate, said) => command(id, { type: 'approval-granted', gate, ...said }),
    pause: (id, said) => command(id, { type: 'pause-requested', ...said }),
    resume: (id, said) => command(id, { type: 'resume-requested', ...said }),
    rollback: (id, said) => command(id, { type: 'rollback-requested', abort: false, ...said }),
    abort: (id, said) => command(id, { type: 'rollback-requested', abort: true, ...said }),
    retry: (id, said) => command(id, { type: 'retry-requested', ...said }),
    async recover(how) {
      const taken = await recoverAll(recovery);
      if (how?.follow === true) standby.start();
      return taken;
    },
    on(type, listener) {
      const guarded = (event: Parameters<typeof listener>[0]): void => {
        try {
          listener(event);
        } catch (error) {
          logger.error({ error, type }, 'a listener threw');
        }
      };
      emitter.on(type, guarded);
      return () => emitter.off(type, guarded);
    },
    async close() {
      standby.stop();
      await drives.close();
      feed.close();
    },
  };
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
