import {
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { fail, fromAws } from './failure.js';
import type { Settings } from './settings.js';

/** What was counted in each period, by the start of the period. Periods without anything are not there. */
export type Counted = ReadonlyMap<number, number>;

export interface Question {
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly metrics: readonly string[];
  /** Whole periods. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** More pages than any window of a release needs. */
const mostPages = 100;

/**
 * The sums of several metrics of one target group, in the order of `metrics`.
 *
 * @throws `cloudwatch/…`, also where only a part was answered
 */
export async function getMetricData(
  settings: Settings,
  question: Question,
  signal: AbortSignal,
): Promise<readonly Counted[]> {
  const sums = question.metrics.map(() => new Map<number, number>());
  const isComplete = question.metrics.map(() => false);
  const late = AbortSignal.timeout(settings.timeoutMs);
  let NextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await send(settings, question, NextToken, signal, late);
    for (const result of answer.MetricDataResults ?? []) {
      const index = Number(/^m(\d+)$/.exec(result.Id ?? '')?.[1]);
      const sum = sums[index];
      if (sum === undefined) continue;
      if (result.StatusCode === 'Forbidden')
        throw fail('cloudwatch/not-permitted', { detail: question.metrics[index]! });
      if (result.StatusCode === 'InternalError') throw partial(`${question.metrics[index]}: InternalError`);
      isComplete[index] = result.StatusCode === 'Complete';
      for (const [position, at] of (result.Timestamps ?? []).entries()) {
        sum.set(at.getTime(), result.Values?.[position] ?? Number.NaN);
      }
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined || NextToken === '') {
      const missing = question.metrics.filter((_, index) => !isComplete[index]);
      if (missing.length > 0) throw partial(missing.join(', '));
      return sums;
    }
  }
  throw partial(`more than ${mostPages} pages`);
}

async function send(
  { client, periodMs }: Settings,
  { loadBalancer, targetGroup, metrics, fromMs, toMs }: Question,
  NextToken: string | undefined,
  signal: AbortSignal,
  late: AbortSignal,
): Promise<GetMetricDataCommandOutput> {
  const Dimensions = [
    { Name: 'TargetGroup', Value: targetGroup },
    { Name: 'LoadBalancer', Value: loadBalancer },
  ];
  const MetricDataQueries: MetricDataQuery[] = metrics.map((MetricName, index) => ({
    Id: `m${index}`,
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions },
      Period: periodMs / 1_000,
      Stat: 'Sum',
    },
    ReturnData: true,
  }));
  const command = new GetMetricDataCommand({
    MetricDataQueries,
    StartTime: new Date(fromMs),
    EndTime: new Date(toMs),
    ScanBy: 'TimestampAscending',
    ...(NextToken === undefined ? {} : { NextToken }),
  });
  try {
    return await client.send(command, { abortSignal: AbortSignal.any([signal, late]) });
  } catch (error) {
    throw fromAws(error, signal, late);
  }
}

function partial(detail: string): Error {
  return fail('cloudwatch/partial-answer', { detail });
}
