import { increaseOf } from '@bluegreen/gates';
import { afterEach, describe, expect, it } from 'vitest';
import { cloudwatchMetrics } from './cloudwatch-metrics.js';
import {
  type Answer,
  type CloudwatchServer,
  type DataRequest,
  startCloudwatchServer,
  webOptions,
} from './cloudwatch-server.fixture.js';
import type { CloudwatchOptions } from './options.js';

const minuteMs = 60_000;
const base = Date.UTC(2026, 2, 1, 12);
const call = () => ({ signal: new AbortController().signal });
const window = { fromMs: base + 20_000, toMs: base + 5 * minuteMs + 20_000 };
const servers: CloudwatchServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function sourceOver(answer: Answer, more: Partial<CloudwatchOptions> = {}) {
  const server = await startCloudwatchServer(answer);
  servers.push(server);
  return { source: cloudwatchMetrics({ ...webOptions(server.client), ...more }), server };
}

/** Sums by the minute after `base`, per metric; what is not there has no data point. */
type Points = Readonly<Record<string, Readonly<Record<number, number>>>>;

const nameOf = ({ MetricStat }: DataRequest['MetricDataQueries'][number]) => MetricStat.Metric.MetricName;
const resultOf = (query: DataRequest['MetricDataQueries'][number], points: Points, StatusCode = 'Complete') => {
  const own = Object.entries(points[nameOf(query)] ?? {});
  return {
    Id: query.Id,
    StatusCode,
    Timestamps: own.map(([minute]) => base / 1_000 + Number(minute) * 60),
    Values: own.map(([, value]) => value),
  };
};
const answering =
  (of: (slot: 'blue' | 'green') => Points): Answer =>
  (request, response) => {
    const { Dimensions } = request.MetricDataQueries[0]!.MetricStat.Metric;
    const slot = Dimensions.some(({ Value }) => Value.includes('web-blue')) ? 'blue' : 'green';
    response.end(
      JSON.stringify({ MetricDataResults: request.MetricDataQueries.map((each) => resultOf(each, of(slot))) }),
    );
  };
const failing =
  (status: number, type: string): Answer =>
  (_, response) =>
    response.writeHead(status).end(JSON.stringify({ __type: `com.amazonaws.cloudwatch#${type}`, message: 'no' }));

describe('what is asked', () => {
  it('is the sum of whole minutes inside the window, per target group, once for both signals', async () => {
    const { source, server } = await sourceOver(answering(() => ({})));
    const { signal } = new AbortController();
    await Promise.all([
      source.read('web', window, 'requests', { signal }),
      source.read('web', window, 'errors', { signal }),
    ]);
    expect(server.received).toHaveLength(2);
    const [blue] = server.received;
    expect(blue).toMatchObject({ StartTime: base / 1_000 + 60, EndTime: base / 1_000 + 300 });
    expect(
      blue!.MetricDataQueries.map((query) => [nameOf(query), query.MetricStat.Period, query.MetricStat.Stat]),
    ).toEqual(
      ['RequestCount', 'HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'].map((name) => [name, 60, 'Sum']),
    );
    expect(blue!.MetricDataQueries[0]!.MetricStat.Metric).toMatchObject({
      Namespace: 'AWS/ApplicationELB',
      Dimensions: [
        { Name: 'TargetGroup', Value: 'targetgroup/web-blue/1111' },
        { Name: 'LoadBalancer', Value: 'app/web/50dc6c495c0c9188' },
      ],
    });
  });

  it('is nothing while no whole minute lies in the window', async () => {
    const { source, server } = await sourceOver(answering(() => ({})));
    const short = { fromMs: base + 1, toMs: base + minuteMs + 30_000 };
    expect(await source.read('web', short, 'requests', call())).toEqual({ blue: [], green: [] });
    expect(server.received).toEqual([]);
  });

  it('is not what may still change: the source declares its lag', async () => {
    const { source } = await sourceOver(answering(() => ({})));
    expect(source.lagMs).toBe(3 * minuteMs);
  });
});

describe('what is answered', () => {
  it('is counted by the minute; errors that were not reported did not happen (S22)', async () => {
    const points: Points = {
      RequestCount: { 1: 100, 2: 120, 4: 80 },
      HTTPCode_Target_5XX_Count: { 2: 3 },
      TargetConnectionErrorCount: { 4: 1 },
    };
    const { source } = await sourceOver(answering((slot) => (slot === 'green' ? points : {})));
    const requests = await source.read('web', window, 'requests', call());
    const errors = await source.read('web', window, 'errors', call());
    expect(requests.blue).toEqual([]);
    expect(errors.blue).toEqual([]);
    expect(increaseOf(requests.green, errors.green, window)).toMatchObject({ count: 300, resets: 0 });
    expect(increaseOf(errors.green, requests.green, window)).toMatchObject({ count: 4 });
    const third = { fromMs: base + 2 * minuteMs, toMs: base + 3 * minuteMs };
    expect(increaseOf(errors.green, requests.green, third)).toMatchObject({ count: 3 });
  });

  it('has a request for every error, also where no target took it', async () => {
    const { source } = await sourceOver(answering(() => ({ TargetConnectionErrorCount: { 1: 5 } })));
    const requests = await source.read('web', window, 'requests', call());
    expect(increaseOf(requests.green, [], window)).toMatchObject({ count: 5 });
  });

  it('is read to its last page, and of every page', async () => {
    const { source, server } = await sourceOver((request, response) => {
      const isLast = request.NextToken === 'more';
      const points: Points = { RequestCount: { [isLast ? 2 : 1]: 10 } };
      const status = isLast ? 'Complete' : 'PartialData';
      const MetricDataResults = request.MetricDataQueries.map((each) => resultOf(each, points, status));
      response.end(JSON.stringify({ MetricDataResults, ...(isLast ? {} : { NextToken: 'more' }) }));
    });
    const { green } = await source.read('web', window, 'requests', call());
    expect(increaseOf(green, [], window)).toMatchObject({ count: 20 });
    expect(server.received).toHaveLength(4);
  });

  it.each<readonly [string, Answer, string]>([
    [
      'a part of the data',
      (request, response) =>
        response.end(
          JSON.stringify({
            MetricDataResults: request.MetricDataQueries.map((each) => resultOf(each, {}, 'PartialData')),
          }),
        ),
      'cloudwatch/partial-answer',
    ],
    [
      'a metric that is missing from the answer',
      (request, response) =>
        response.end(JSON.stringify({ MetricDataResults: [resultOf(request.MetricDataQueries[0]!, {})] })),
      'cloudwatch/partial-answer',
    ],
    [
      'a failure inside of it',
      (request, response) =>
        response.end(
          JSON.stringify({
            MetricDataResults: request.MetricDataQueries.map((each) => resultOf(each, {}, 'InternalError')),
          }),
        ),
      'cloudwatch/partial-answer',
    ],
    [
      'no right to one metric',
      (request, response) =>
        response.end(
          JSON.stringify({
            MetricDataResults: request.MetricDataQueries.map((each) => resultOf(each, {}, 'Forbidden')),
          }),
        ),
      'cloudwatch/not-permitted',
    ],
    [
      'pages without an end',
      (_, response) => response.end(JSON.stringify({ MetricDataResults: [], NextToken: 'again' })),
      'cloudwatch/partial-answer',
    ],
    ['a sum that is no number of requests', answering(() => ({ RequestCount: { 1: 1.5 } })), 'metrics/counts-invalid'],
    ['throttling, with status 400', failing(400, 'Throttling'), 'cloudwatch/throttled'],
    ['throttling by its other name', failing(400, 'ThrottlingException'), 'cloudwatch/throttled'],
    ['no right', failing(403, 'AccessDeniedException'), 'cloudwatch/not-permitted'],
    ['credentials that are over', failing(400, 'ExpiredTokenException'), 'cloudwatch/credentials-unusable'],
    ['a clock that is wrong', failing(403, 'SignatureDoesNotMatch'), 'cloudwatch/credentials-unusable'],
    ['a refusal', failing(400, 'InvalidParameterValueException'), 'cloudwatch/request-refused'],
    ['a failure of the service', failing(500, 'InternalServiceFault'), 'cloudwatch/unreachable'],
    ['a page of a proxy', (_, response) => response.writeHead(502).end('<html>'), 'cloudwatch/unreachable'],
    ['a cut connection', (_, response) => response.destroy(), 'cloudwatch/unreachable'],
  ])('is an error when it is %s: never a shorter answer', async (_, answer, code) => {
    const { source } = await sourceOver(answer);
    const failure = await source.read('web', window, 'requests', call()).catch((error) => error);
    expect(failure).toMatchObject({ code });
    expect(`${failure} ${JSON.stringify(failure)}`).not.toContain('swordfish');
  });
});

describe('a call', () => {
  it('ends when its time is over, and when nobody waits for it any more (L4)', async () => {
    const { source } = await sourceOver(() => {}, { timeout: '80ms' });
    await expect(source.read('web', window, 'requests', call())).rejects.toMatchObject({
      code: 'cloudwatch/no-answer',
    });
    const controller = new AbortController();
    const other = await sourceOver(() => controller.abort());
    await expect(other.source.read('web', window, 'requests', { signal: controller.signal })).rejects.toMatchObject({
      code: 'cloudwatch/aborted',
    });
  });
});

describe('options', () => {
  it.each<readonly [string, (web: CloudwatchOptions) => Partial<CloudwatchOptions>]>([
    ['client', () => ({ client: {} as never })],
    ['services', () => ({ services: {} })],
    ['loadBalancer', ({ services }) => ({ services: { web: { ...services.web!, loadBalancer: 'net/web/1' } } })],
    [
      'targetGroups',
      ({ services }) => ({
        services: { web: { ...services.web!, targetGroups: { blue: 'targetgroup/a/1', green: 'targetgroup/a/1' } } },
      }),
    ],
    ['errorMetrics', () => ({ errorMetrics: [] })],
    ['errorMetrics', () => ({ errorMetrics: ['A', 'A'] })],
    ['period', () => ({ period: '30s' })],
  ])('are refused where they cannot be meant: %s', async (option, more) => {
    const { server } = await sourceOver(answering(() => ({})));
    const web = webOptions(server.client);
    const given = () => cloudwatchMetrics({ ...web, ...more(web) });
    expect(given).toThrow('cloudwatch/options-invalid');
    expect(given).toThrow(option);
  });

  it('name the services that can be read', async () => {
    const { source } = await sourceOver(answering(() => ({})));
    await expect(source.read('toString', window, 'errors', call())).rejects.toMatchObject({
      code: 'cloudwatch/service-unknown',
    });
  });
});
