import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { everythingTo, type TrafficTarget, weights } from '@bluegreen/contract';
import { shopClients } from './orchestrated-shop.js';
import type { Shop } from './shop.js';

export interface Overhead {
  readonly rounds: number;
  /** Process time of `observe` over that of the same four reads without the adapter. */
  readonly observe: number;
  /** Process time of `route` over that of the same five requests without the adapter. */
  readonly route: number;
}

/** The adapter beside bare calls of the SDK, in turn, so that whatever slows one slows the other. */
export async function measureOverhead({ traffic, plain }: Shop, rounds: number): Promise<Overhead> {
  const { read, write } = shopClients(plain.endpoint);
  const call = () => ({ signal: AbortSignal.timeout(10_000) });
  const listeners = [plain.listenerArn, plain.testListenerArn];
  const describe = () => [
    ...listeners.map((ListenerArn) => read.send(new DescribeRulesCommand({ ListenerArn }))),
    ...health(),
  ];
  const health = () =>
    Object.values(plain.targetGroups).map((TargetGroupArn) => {
      return read.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    });
  const spent = { observe: 0, bareReads: 0, route: 0, bareWrites: 0 };
  const timed = async (key: keyof typeof spent, run: () => Promise<unknown>): Promise<void> => {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    spent[key] += user + system;
  };
  for (let round = 0; round < rounds; round += 1) {
    await timed('bareReads', () => Promise.all(describe()));
    await timed('observe', () => traffic.observe(call()));
    const { revision } = await traffic.observe(call());
    const green = round % 2 === 0 ? 10 : 20;
    const target: TrafficTarget = everythingTo('blue', { weights: weights(green), fallback: null });
    const fence = { epoch: 1_000_000, sequence: round };
    await timed('route', () => traffic.route(target, { revision }, { ...call(), idempotencyKey: `${round}`, fence }));
    await timed('bareWrites', async () => {
      await Promise.all(listeners.map((ListenerArn) => read.send(new DescribeRulesCommand({ ListenerArn }))));
      // A smaller share is written without a look at health.
      if (green === 20) await Promise.all(health());
      const TargetGroups = Object.entries(plain.targetGroups).map(([slot, TargetGroupArn]) => ({
        TargetGroupArn,
        Weight: slot === 'green' ? green : 100 - green,
      }));
      const action = { Type: 'forward', ForwardConfig: { TargetGroups } } as const;
      await write.send(new ModifyListenerCommand({ ListenerArn: plain.listenerArn, DefaultActions: [action] }));
    });
  }
  return {
    rounds,
    observe: Math.round((spent.observe / spent.bareReads) * 100) / 100,
    route: Math.round((spent.route / spent.bareWrites) * 100) / 100,
  };
}
