import {
  ElasticLoadBalancingV2Client,
  type ElasticLoadBalancingV2ClientConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** Two clients of the AWS SDK, because reads may be repeated and writes must not be. */
export interface AlbClients {
  /** Reads may be repeated by the SDK. */
  readonly read: ElasticLoadBalancingV2Client;
  /** Must send each request once (`maxAttempts: 1`): after a lost answer the adapter reads before it writes again. */
  readonly write: ElasticLoadBalancingV2Client;
}

/** The SDK waits for ever by default [measured with 3.1142.0]; these end a request that is not answered. */
const timeouts = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/**
 * Makes both clients from one configuration: three attempts for reads, exactly one for writes, and timeouts.
 *
 * Region, credentials and endpoint come from where the SDK looks for them, or from `config`. Give your own clients
 * instead where you need more; the one for writes must have `maxAttempts: 1`.
 */
export function albClients(config: ElasticLoadBalancingV2ClientConfig = {}): AlbClients {
  const shared = { requestHandler: timeouts, ...config };
  return {
    read: new ElasticLoadBalancingV2Client({ maxAttempts: 3, ...shared }),
    write: new ElasticLoadBalancingV2Client({ ...shared, maxAttempts: 1 }),
  };
}
