import { durationMs, type Slot, slots } from '@bluegreen/contract';
import { fail } from './failure.js';
import type { CloudwatchOptions, MeasuredService } from './options.js';

/** The options with every default filled in and every value checked. */
export interface Settings {
  readonly client: CloudwatchOptions['client'];
  readonly services: Readonly<Record<string, Dimensions>>;
  readonly errorMetrics: readonly string[];
  readonly periodMs: number;
  readonly lagMs: number;
  readonly timeoutMs: number;
  readonly name: string;
}

/** As CloudWatch writes them. */
export interface Dimensions {
  readonly loadBalancer: string;
  readonly targetGroups: Readonly<Record<Slot, string>>;
}

/**
 * Both have the dimensions TargetGroup and LoadBalancer, and both are reported only where they are not 0:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html.
 * A target that refuses connections gives users a 502 of the load balancer, which has no target group; its failed
 * connection has one.
 */
const defaultErrorMetrics = ['HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'];
/** GetMetricData takes 500 queries; nobody needs more than a few here. */
const mostErrorMetrics = 20;

/** Checks the options. @throws `cloudwatch/options-invalid` with the option and the reason. */
export function readOptions(options: CloudwatchOptions): Settings {
  if (typeof options.client?.send !== 'function') refuse('client', 'it is no CloudWatchClient');
  if (Object.keys(options.services ?? {}).length === 0) refuse('services', 'name at least one service');
  const errorMetrics = options.errorMetrics ?? defaultErrorMetrics;
  if (errorMetrics.length === 0 || errorMetrics.length > mostErrorMetrics) {
    refuse('errorMetrics', `name 1 to ${mostErrorMetrics}`);
  }
  if (new Set(errorMetrics).size < errorMetrics.length) refuse('errorMetrics', 'one of them is there twice');
  const periodMs = durationMs(options.period ?? '1m', 'period');
  if (periodMs < 60_000 || periodMs % 60_000 !== 0) refuse('period', 'it is not a number of whole minutes');
  return {
    client: options.client,
    services: Object.fromEntries(
      Object.entries(options.services).map(([name, service]) => [name, readService(name, service)]),
    ),
    errorMetrics,
    periodMs,
    lagMs: durationMs(options.lag ?? '3m', 'lag'),
    timeoutMs: durationMs(options.timeout ?? '10s', 'timeout'),
    name: options.name ?? 'cloudwatch',
  };
}

function readService(name: string, given: MeasuredService): Dimensions {
  const option = `services.${name}`;
  const loadBalancer = partOf(
    `${option}.loadBalancer`,
    given?.loadBalancer,
    /(?:^|:loadbalancer\/)(app\/[^/]+\/[^/]+)$/,
  );
  const [blue, green] = slots.map((slot) =>
    partOf(`${option}.targetGroups.${slot}`, given?.targetGroups?.[slot], /(?:^|:)(targetgroup\/[^/]+\/[^/]+)$/),
  ) as [string, string];
  if (blue === green) refuse(`${option}.targetGroups`, 'both slots are the same target group');
  return { loadBalancer, targetGroups: { blue, green } };
}

/** The part of an ARN by which CloudWatch knows the thing, which may also be given alone. */
function partOf(option: string, given: unknown, pattern: RegExp): string {
  const part = typeof given === 'string' ? pattern.exec(given)?.[1] : undefined;
  return part ?? refuse(option, `${JSON.stringify(given)} is no ARN of the right kind`);
}

function refuse(option: string, why: string): never {
  throw fail('cloudwatch/options-invalid', { detail: `${option}: ${why}` });
}
