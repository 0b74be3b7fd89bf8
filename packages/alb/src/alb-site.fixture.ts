// A load balancer with two target groups and three listeners, made through the API: works against any endpoint.
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Slot } from '@bluegreen/contract';
import { type AlbClients, albClients } from './clients.js';
import type { AlbTargetGroups } from './options.js';

export interface AlbSite {
  readonly clients: AlbClients;
  readonly targetGroups: AlbTargetGroups;
  /** The listener of the users; its default action forwards to blue alone, as a service begins. */
  readonly listenerArn: string;
  /** A rule of that listener, for paths below `/api`, which forwards to blue alone. */
  readonly ruleArn: string;
  /** A listener for previews, which answers 404 itself. */
  readonly testListenerArn: string;
  register(slot: Slot, targets: readonly { readonly id: string; readonly port: number }[]): Promise<void>;
}

export interface Network {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/** Clients that don't wait long, with the keys that emulators take. */
export function clientsOf(endpoint: string, secretAccessKey = 'test'): AlbClients {
  return albClients({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey },
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}

export async function createSite(endpoint: string, network: Network, name: string): Promise<AlbSite> {
  const clients = clientsOf(endpoint);
  const { read } = clients;
  const subnets = { Subnets: [...network.subnetIds] };
  const made = await read.send(new CreateLoadBalancerCommand({ Name: name, ...subnets }));
  const loadBalancer = { LoadBalancerArn: made.LoadBalancers![0]!.LoadBalancerArn! };
  const group = async (slot: Slot): Promise<string> => {
    const settings = { Protocol: 'HTTP', Port: 80, VpcId: network.vpcId, TargetType: 'ip' } as const;
    const { TargetGroups } = await read.send(new CreateTargetGroupCommand({ Name: `${name}-${slot}`, ...settings }));
    const arn = TargetGroups![0]!.TargetGroupArn!;
    const delay = { Key: 'deregistration_delay.timeout_seconds', Value: '30' };
    await read.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes: [delay] }));
    return arn;
  };
  const targetGroups = { blue: await group('blue'), green: await group('green') };
  const toBlue = { Type: 'forward', Order: 1, TargetGroupArn: targetGroups.blue } as const;
  const notFound = { Type: 'fixed-response', Order: 1, FixedResponseConfig: { StatusCode: '404' } } as const;
  const listen = async (port: number, action: typeof toBlue | typeof notFound): Promise<string> => {
    const protocol = { Protocol: 'HTTP' } as const;
    const settings = { ...loadBalancer, ...protocol, Port: port, DefaultActions: [action] };
    return (await read.send(new CreateListenerCommand(settings))).Listeners![0]!.ListenerArn!;
  };
  const listenerArn = await listen(80, toBlue);
  const testListenerArn = await listen(8080, notFound);
  const path = { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } };
  const rule = { ListenerArn: listenerArn, Priority: 100, Conditions: [path], Actions: [toBlue] };
  const ruleArn = (await read.send(new CreateRuleCommand(rule))).Rules![0]!.RuleArn!;
  return {
    clients,
    targetGroups,
    listenerArn,
    ruleArn,
    testListenerArn,
    async register(slot, targets) {
      const Targets = targets.map(({ id, port }) => ({ Id: id, Port: port }));
      await read.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroups[slot], Targets }));
    },
  };
}
