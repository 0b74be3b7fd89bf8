import { fail, systemClock } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import { createEngine, type Engine } from './engine.js';
import { listReleases, type ReleaseFilter, type ReleaseListing } from './list-releases.js';
import type { ExpectedTraffic } from './plan-gates.js';
import { type ReleasePlanReport, reportPlan } from './plan-report.js';
import { prepareRelease } from './prepare-release.js';
import { recoverAll, Standby } from './recovery.js';
import type { Release } from './release.js';
import type { NumberedEvent } from './release-feed.js';
import type { ReleaserOptions, StartRequest } from './releaser-options.js';
import { compileFor, startRelease } from './start-release.js';
import { type AnalysisTrial, type TriedAnalysis, tryAnalysis } from './try-analysis.js';
import { answerWebhook, type WebhookCallback } from './webhook-callback.js';

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
  plan(
    request: Omit<StartRequest<C>, 'requestedBy' | 'id'> & { readonly expected?: ExpectedTraffic },
  ): Promise<ReleasePlanReport>;
  /** A handle on a release of this journal, whoever drives it. @throws `release/unknown` */
  get(id: string): Promise<Release>;
  /**
   * What an analysis of a policy would say just now, and what it would see, without a release. Reads only.
   * @throws `policy/…`, `release/analysis-unknown`, `release/metrics-missing`, `release/service-unknown`, `release/routing-split`
   */
  judge(trial: AnalysisTrial): Promise<TriedAnalysis>;
  list(filter?: ReleaseFilter): Promise<readonly ReleaseListing[]>;
  approve(id: string, gate: string, said: Said): Promise<void>;
  /** Takes a gate out of the way that is open, or that failed and paused the release. Who and why stand in the journal. */
  skipGate(id: string, gate: string, said: Said): Promise<void>;
  /** Records the later answer of a webhook gate; `callbackHandler` makes an HTTP handler of it. */
  answerWebhook(callback: WebhookCallback): Promise<void>;
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

export function createReleaser<C extends string = never>(options: ReleaserOptions<C>): Releaser<C> {
  const engine = createEngine(options, options.clock ?? systemClock());
  const { journal, drives, feed, command, handle } = engine;
  const standby = new Standby(engine, engine.leaseTtlMs / 3);
  return {
    start: (request) => startRelease(engine, request),
    async plan(request) {
      return reportPlan(
        await prepareRelease(engine, request, compileFor(engine, request.policy), 'plan'),
        request.expected,
      );
    },
    async get(id) {
      if ((await journal.read(id)).length === 0) throw fail('release/unknown', { detail: id });
      return handle(id);
    },
    judge: (trial) => tryAnalysis(engine, trial),
    list: (filter) => listReleases(journal, filter ?? {}),
    approve: (id, gate, said) => command(id, { type: 'approval-granted', gate, ...said }),
    skipGate: (id, gate, said) => command(id, { type: 'gate-skip-requested', gate, ...said }),
    answerWebhook: (callback) => answerWebhook(engine, callback),
    pause: (id, said) => command(id, { type: 'pause-requested', ...said }),
    resume: (id, said) => command(id, { type: 'resume-requested', ...said }),
    rollback: (id, said) => command(id, { type: 'rollback-requested', abort: false, ...said }),
    abort: (id, said) => command(id, { type: 'rollback-requested', abort: true, ...said }),
    retry: (id, said) => command(id, { type: 'retry-requested', ...said }),
    async recover(how) {
      const taken = await recoverAll(engine);
      if (how?.follow === true) standby.start();
      return taken;
    },
    on: (type, listener) => listen(engine, type, listener as (event: unknown) => void),
    async close() {
      standby.stop();
      engine.queue.close();
      await drives.close();
      feed.close();
    },
  };
}

/** A listener that throws must not stop the others, and must not reach whoever drives. */
function listen({ emitter, logger }: Engine, type: string, listener: (event: unknown) => void): () => void {
  const guarded = (event: unknown): void => {
    try {
      listener(event);
    } catch (error) {
      logger.error({ error, type }, 'a listener threw');
    }
  };
  emitter.on(type, guarded);
  return () => emitter.off(type, guarded);
}
