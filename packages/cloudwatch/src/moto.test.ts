import { randomUUID } from 'node:crypto';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { increaseOf } from '@bluegreen/gates';
import { describe, expect, it } from 'vitest';
import { cloudwatchMetrics } from './cloudwatch-metrics.js';

const minuteMs = 60_000;

/** A CloudWatch that others wrote, at AWS_ENDPOINT_URL; moto and localstack are such. */
function emulator(): string | null {
  const url = process.env.AWS_ENDPOINT_URL;
  if (url !== undefined && url !== '') return url;
  const line = 'AWS_ENDPOINT_URL is not set, NOT SHOWN: that a CloudWatch which others wrote understands the requests';
  if (process.env.CI === 'true') throw new Error(line);
  console.warn(line);
  return null;
}

const endpoint = emulator();

describe.runIf(endpoint !== null)('an emulator of CloudWatch that others wrote', { timeout: 30_000 }, () => {
  it('understands what is asked, and answers what was put', async () => {
    const client = new CloudWatchClient({
      endpoint: endpoint!,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const id = randomUUID();
    const loadBalancer = `app/web/${id}`;
    const targetGroups = { blue: `targetgroup/blue/${id}`, green: `targetgroup/green/${id}` };
    const base = Math.floor(Date.now() / minuteMs) * minuteMs - 10 * minuteMs;
    const put = (MetricName: string, targetGroup: string, minute: number, Value: number) =>
      client.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/ApplicationELB',
          MetricData: [
            {
              MetricName,
              Value,
              Timestamp: new Date(base + minute * minuteMs + 5_000),
              Dimensions: [
                { Name: 'TargetGroup', Value: targetGroup },
                { Name: 'LoadBalancer', Value: loadBalancer },
              ],
            },
          ],
        }),
      );
    await put('RequestCount', targetGroups.green, 0, 1_000);
    await put('RequestCount', targetGroups.green, 1, 40);
    await put('RequestCount', targetGroups.green, 2, 30);
    await put('RequestCount', targetGroups.green, 2, 12);
    await put('HTTPCode_Target_5XX_Count', targetGroups.green, 2, 7);
    await put('RequestCount', targetGroups.blue, 3, 500);
    const source = cloudwatchMetrics({ client, services: { web: { loadBalancer, targetGroups } } });
    const window = { fromMs: base + 10_000, toMs: base + 5 * minuteMs };
    const call = { signal: AbortSignal.timeout(20_000) };
    const requests = await source.read('web', window, 'requests', call);
    const errors = await source.read('web', window, 'errors', call);
    expect(increaseOf(requests.green, errors.green, window)).toMatchObject({ count: 82 });
    expect(increaseOf(errors.green, requests.green, window)).toMatchObject({ count: 7 });
    expect(increaseOf(requests.blue, errors.blue, window)).toMatchObject({ count: 500 });
    expect(increaseOf(errors.blue, requests.blue, window)).toMatchObject({ count: 0 });
    client.destroy();
  });
});
