import { testEnvironmentAdapter, testTrafficAdapter } from '@bluegreen/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type ApiEndpoint, albEnvironmentBench, albTrafficBench, notShownBy } from './alb-conformance.fixture.js';
import { type ElbServer, startElbServer } from './elb-server.fixture.js';

describe('an API that behaves as documented', () => {
  let server: ElbServer;
  let sites = 0;

  beforeAll(async () => {
    server = await startElbServer({ checkingMs: 30, secondMs: 4 });
  });
  afterAll(() => server.close());

  const api = (): ApiEndpoint => ({
    url: server.url,
    network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] },
    own: server,
    nextName() {
      sites += 1;
      return `shop-${sites}`;
    },
  });
  const { traffic, environment } = notShownBy({ own: {} as ElbServer });
  testTrafficAdapter({ describe, test }, () => albTrafficBench(api()), { notShown: traffic });
  testEnvironmentAdapter({ describe, test }, () => albEnvironmentBench(api()), { notShown: environment });
});
