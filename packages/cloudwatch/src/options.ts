import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Slot } from '@bluegreen/contract';

/** Where one service is measured: at its load balancer, per target group. */
export interface MeasuredService {
  /** The ARN of the load balancer, or the part of it that CloudWatch knows: `app/<name>/<id>`. */
  readonly loadBalancer: string;
  /** Per slot the ARN of its target group, or `targetgroup/<name>/<id>`. */
  readonly targetGroups: Readonly<Record<Slot, string>>;
}

/** Everything that `cloudwatchMetrics` is told. */
export interface CloudwatchOptions {
  /** Yours: its region, credentials and retries. The SDK repeats throttled reads three times by itself. */
  readonly client: CloudWatchClient;
  /** By the name that the releaser has for the service. */
  readonly services: Readonly<Record<string, MeasuredService>>;
  /**
   * What counts as an error, added up per minute. Default: answers with 5xx of the targets, and connections to a
   * target that did not come about.
   */
  readonly errorMetrics?: readonly string[];
  /** How long one data point is. ALB metrics have one a minute. Default `'1m'`. */
  readonly period?: string;
  /** How long after a minute its numbers are complete at the latest. Default `'3m'`. */
  readonly lag?: string;
  /** For one read, its pages included. Default `'10s'`. */
  readonly timeout?: string;
  /** Name of the source in messages. Default `'cloudwatch'`. */
  readonly name?: string;
}
