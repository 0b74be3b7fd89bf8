import { randomUUID } from 'node:crypto';
import type { Clock, Journal, Logger, MetricSource } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import { EventEmitter } from 'eventemitter3';
import type { Service } from './adapter-performer.js';
import type { Check } from './check.js';
import { type CommandDraft, giveCommand } from './command.js';
import { Drives } from './drives.js';
import type { Hook } from './hook.js';
import { MigrationHistory } from './migrations.js';
import { Queue } from './queue.js';
import { Release } from './release.js';
import { ReleaseFeed } from './release-feed.js';
import type { ReleaserOptions } from './releaser-options.js';
import type { Webhook } from './webhook.js';
import type { Secrets } from './webhook-signature.js';

/** Everything that one releaser owns, wired together: no state lives outside it. */
export interface Engine {
  readonly journal: Journal;
  readonly services: Readonly<Record<string, Service>>;
  readonly metrics: MetricSource | undefined;
  readonly checks: Readonly<Record<string, Check>>;
  readonly webhooks: Readonly<Record<string, Webhook>>;
  readonly hooks: Readonly<Record<string, Hook>>;
  readonly secrets: Secrets | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
  readonly leaseTtlMs: number;
  readonly drives: Drives;
  /** How many releases this process drives at once, those in retention not counted. */
  readonly concurrency: number;
  readonly queue: Queue;
  readonly migrations: MigrationHistory;
  readonly feed: ReleaseFeed;
  readonly emitter: EventEmitter<string>;
  /** Ids of releases that are over for good. */
  readonly over: Set<string>;
  /** Ids of those that are over for good and of which every sink has heard the end. */
  readonly heard: Set<string>;
  handle(id: string): Release;
  /** `commandId`: the same id is applied once; a new one unless told. */
  command(id: string, draft: CommandDraft, commandId?: string): Promise<void>;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const defaultTtlMs = 15_000;

export function createEngine<C extends string>(options: ReleaserOptions<C>, clock: Clock): Engine {
  const { journal, services, metrics, logger = silent, newId = randomUUID, leaseTtlMs = defaultTtlMs } = options;
  const checks = (options.checks ?? {}) as Readonly<Record<string, Check>>;
  const sinks = options.notify ?? {};
  const { webhooks = {}, hooks = {}, secrets, authorize, fetch: fetchUrl = fetch } = options;
  const emitter = new EventEmitter<string>();
  const feed = new ReleaseFeed(clock);
  const onRecords = (releaseId: string, records: readonly { seq: number; event: ReleaseEvent }[]): void => {
    feed.notify(releaseId);
    for (const { seq, event } of records) emitter.emit(event.type, { releaseId, seq, ...event });
  };
  const owner = options.owner ?? `${process.pid}-${newId()}`;
  const gates = { metrics, checks, webhooks, secrets, fetch: fetchUrl };
  const drives = new Drives(
    { journal, clock, logger, owner, services, gates, hooks, authorize, sinks, onRecords },
    leaseTtlMs,
  );
  const over = new Set<string>();
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  const command: Engine['command'] = (id, draft, commandId) =>
    giveCommand({ journal, drives, clock, authorize }, id, draft, commandId ?? newId());
  return {
    concurrency,
    migrations: new MigrationHistory(journal),
    queue: new Queue({ journal, drives, clock, logger, command, over, concurrency }),
    journal,
    services,
    metrics,
    checks,
    webhooks,
    hooks,
    secrets,
    clock,
    logger,
    newId,
    leaseTtlMs,
    drives,
    feed,
    emitter,
    over,
    heard: new Set(),
    handle: (id) => new Release(id, { journal, feed, driven: () => drives.get(id)?.state ?? null }),
    command,
  };
}
