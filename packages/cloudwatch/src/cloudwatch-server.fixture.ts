import { createServer, type ServerResponse } from 'node:http';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudwatchOptions } from './options.js';

/** A request for metrics, as the SDK sends it (awsJson1.0). */
export interface DataRequest {
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat: {
      readonly Period: number;
      readonly Stat: string;
      readonly Metric: {
        readonly MetricName: string;
        readonly Namespace: string;
        readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
      };
    };
  }[];
  /** Seconds. */
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string;
}

export interface CloudwatchServer {
  readonly client: CloudWatchClient;
  readonly received: readonly DataRequest[];
  close(): Promise<void>;
}

export type Answer = (request: DataRequest, response: ServerResponse) => void;

/** A server of our own for what an emulator does not do: pages, parts, throttling, silence. */
export async function startCloudwatchServer(answer: Answer): Promise<CloudwatchServer> {
  const received: DataRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const asked = JSON.parse(body) as DataRequest;
    received.push(asked);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    answer(asked, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'swordfish' },
    maxAttempts: 1,
  });
  return {
    client,
    received,
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The options of a service `web`, measured by the default metrics. */
export function webOptions(client: CloudWatchClient): CloudwatchOptions {
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';
  return {
    client,
    services: {
      web: {
        loadBalancer: `${arn}:loadbalancer/app/web/50dc6c495c0c9188`,
        targetGroups: { blue: `${arn}:targetgroup/web-blue/1111`, green: 'targetgroup/web-green/2222' },
      },
    },
  };
}
