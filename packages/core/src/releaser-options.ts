import type { Clock, Journal, Logger, MetricSource } from '@bluegreen/contract';
import type { Policy } from '@bluegreen/machine';
import type { Service } from './adapter-performer.js';
import type { Authorize } from './authorization.js';
import type { Check } from './check.js';
import type { Hook } from './hook.js';
import type { NotifySinks } from './notify/notice.js';
import type { Webhook } from './webhook.js';
import type { Secrets } from './webhook-signature.js';

export interface ReleaserOptions<C extends string = string> {
  readonly services: Readonly<Record<string, Service>>;
  readonly journal: Journal;
  readonly metrics?: MetricSource;
  /** Code that policies call by name. */
  readonly checks?: { readonly [Name in C]: Check };
  /** Code that policies and migrations call by name, when a release gets somewhere. */
  readonly hooks?: Readonly<Record<string, Hook>>;
  /** Whom webhook gates ask, by the names that policies use. */
  readonly webhooks?: Readonly<Record<string, Webhook>>;
  /** Who is told what happened: at least once, in order, without any release waiting for it. */
  readonly notify?: NotifySinks;
  /** Says who has which role. Without it `from` of an approval names people, and anybody may skip a gate. */
  readonly authorize?: Authorize;
  /** Resolves the secrets that webhooks name, at each call. What it answers reaches no journal, log or error. */
  readonly secrets?: Secrets;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  readonly newId?: () => string;
  /** Silent by default; a pino instance fits. */
  readonly logger?: Logger;
  /** Names this process in leases and journals. */
  readonly owner?: string;
  /**
   * How many releases this process drives at once; those that only keep an old slot warm do not count. What is requested
   * beyond it is refused, or waits (`supersede`). Default: no limit.
   */
  readonly concurrency?: number;
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
  /**
   * Hooks that change the database. `expand` runs before anything is deployed, and must suit both versions; `contract` takes
   * away what only the old version needs, and runs once that is gone for good. Until then the release can be rolled back.
   */
  readonly migrations?: { readonly expand?: readonly string[]; readonly contract?: readonly string[] };
  /** Releases a version although a contract migration ran since it served last. */
  readonly acrossContracts?: boolean;
  /**
   * What happens while another release of one of these services is under way. `reject` (default): this one is refused.
   * `queue`: it is recorded, and begins when everything before it has ended. `replace`: like `queue`, and what is before
   * it is aborted, which takes its users back first. A release that only keeps an old slot warm is never in the way.
   */
  readonly supersede?: 'reject' | 'queue' | 'replace';
}
