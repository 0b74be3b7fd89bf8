// The requests of the ELBv2 API, as far as releases need them.

import type { Wire } from './elb-wire.fixture.js';
import {
  type ElbWorld,
  listOf,
  Refusal,
  type WireAction,
  type WireCondition,
  type WorldRule,
} from './elb-world.fixture.js';

type Input = Readonly<Record<string, Wire>>;
type Handle = (world: ElbWorld, input: Input) => object;

const prefix = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';

const handlers: Readonly<Record<string, Handle>> = {
  CreateLoadBalancer(world, input) {
    const arn = `${prefix}:loadbalancer/app/${input.Name}/${world.newId()}`;
    return { LoadBalancers: [{ LoadBalancerArn: arn, Type: 'application', VpcId: 'vpc-1' }] };
  },
  CreateTargetGroup(world, input) {
    const arn = `${prefix}:targetgroup/${input.Name}/${world.newId()}`;
    const attributes = new Map([
      ['deregistration_delay.timeout_seconds', '300'],
      ['stickiness.enabled', 'false'],
      ['stickiness.type', 'lb_cookie'],
      ['slow_start.duration_seconds', '0'],
      ['target_group_health.unhealthy_state_routing.minimum_healthy_targets.count', '1'],
    ]);
    const group = { arn, name: String(input.Name), port: Number(input.Port), attributes, targets: [] };
    world.groups.set(arn, group);
    return { TargetGroups: [printGroup(arn, group.name, group.port)] };
  },
  CreateListener(world, input) {
    const loadBalancerArn = String(input.LoadBalancerArn);
    const arn = `${loadBalancerArn.replace(':loadbalancer/', ':listener/')}/${world.newId()}`;
    const actions = listOf<WireAction>(input.DefaultActions);
    world.checkActions(actions);
    world.listeners.set(arn, { arn, loadBalancerArn });
    const rule = arn.replace(':listener/', ':listener-rule/');
    world.addRule({ arn: `${rule}/${world.newId()}`, listenerArn: arn, priority: null, conditions: [], actions });
    return { Listeners: [{ ListenerArn: arn, LoadBalancerArn: loadBalancerArn, DefaultActions: actions }] };
  },
  DescribeListeners(world, input) {
    const arns = listOf<string>(input.ListenerArns);
    return {
      Listeners: arns.map((arn) => ({
        ListenerArn: arn,
        LoadBalancerArn: requireListener(world, arn).loadBalancerArn,
      })),
    };
  },
  DeleteListener(world, input) {
    const arn = String(input.ListenerArn);
    requireListener(world, arn);
    world.listeners.delete(arn);
    for (const rule of world.rules.filter((each) => each.listenerArn === arn))
      world.rules.splice(world.rules.indexOf(rule), 1);
    return {};
  },
  CreateRule(world, input) {
    const listenerArn = String(input.ListenerArn);
    requireListener(world, listenerArn);
    const actions = listOf<WireAction>(input.Actions);
    const conditions = listOf<WireCondition>(input.Conditions);
    world.checkActions(actions);
    world.checkConditions(conditions);
    if (actions.some((each) => each.AuthenticateOidcConfig?.UseExistingClientSecret === 'true')) {
      throw new Refusal('InvalidLoadBalancerAction', 'A new rule needs the client secret');
    }
    const arn = `${listenerArn.replace(':listener/', ':listener-rule/')}/${world.newId()}`;
    const rule = { arn, listenerArn, priority: Number(input.Priority), conditions, actions };
    world.addRule(rule);
    return { Rules: [printRule(rule)] };
  },
  DeleteRule(world, input) {
    world.removeRule(String(input.RuleArn));
    return {};
  },
  ModifyRule(world, input) {
    const rule = world.rule(String(input.RuleArn));
    if (rule.priority === null) {
      throw new Refusal('OperationNotPermitted', `Default rule '${rule.arn}' cannot be modified`);
    }
    return { Rules: [printRule(world.replaceRule(rule, changes(world, input.Actions)))] };
  },
  ModifyListener(world, input) {
    const { loadBalancerArn } = requireListener(world, String(input.ListenerArn));
    const rule = world.rules.find(
      ({ listenerArn, priority }) => listenerArn === input.ListenerArn && priority === null,
    )!;
    const { actions } = world.replaceRule(rule, changes(world, input.DefaultActions));
    return {
      Listeners: [
        { ListenerArn: rule.listenerArn, LoadBalancerArn: loadBalancerArn, DefaultActions: printActions(actions) },
      ],
    };
  },
  DescribeRules(world, input) {
    requireListener(world, String(input.ListenerArn));
    return { Rules: world.rules.filter(({ listenerArn }) => listenerArn === input.ListenerArn).map(printRule) };
  },
  DescribeTargetGroups(world, input) {
    const arns = listOf<string>(input.TargetGroupArns);
    return { TargetGroups: arns.map((arn) => printGroup(arn, world.group(arn).name, world.group(arn).port)) };
  },
  DescribeTargetGroupAttributes(world, input) {
    return { Attributes: printPairs(world.group(String(input.TargetGroupArn)).attributes) };
  },
  ModifyTargetGroupAttributes(world, input) {
    const { attributes } = world.group(String(input.TargetGroupArn));
    for (const { Key, Value } of listOf<Pair>(input.Attributes)) attributes.set(Key, Value);
    return { Attributes: printPairs(attributes) };
  },
  RegisterTargets(world, input) {
    const group = world.group(String(input.TargetGroupArn));
    for (const { Id, Port } of listOf<{ Id: string; Port?: string }>(input.Targets)) {
      if (Id.startsWith('i-gone'))
        throw new Refusal('InvalidTarget', `The following targets are not in a running state: '${Id}'`);
      const port = Number(Port ?? group.port);
      const known = group.targets.findIndex((each) => each.id === Id && each.port === port);
      if (known >= 0 && group.targets[known]!.leavingAt === null) continue;
      if (known >= 0) group.targets.splice(known, 1);
      group.targets.push({ id: Id, port, registeredAt: Date.now(), leavingAt: null });
    }
    return {};
  },
  // A target that is not registered is no error.
  DeregisterTargets(world, input) {
    const group = world.group(String(input.TargetGroupArn));
    for (const { Id, Port } of listOf<{ Id: string; Port?: string }>(input.Targets)) {
      const port = Number(Port ?? group.port);
      const target = group.targets.find((each) => each.id === Id && each.port === port && each.leavingAt === null);
      if (target !== undefined) target.leavingAt = Date.now();
    }
    return {};
  },
  DescribeTargetHealth(world, input) {
    const group = world.group(String(input.TargetGroupArn));
    return {
      TargetHealthDescriptions: world.states(group).map(({ target, state, reason }) => ({
        Target: { Id: target.id, Port: target.port },
        HealthCheckPort: target.port,
        TargetHealth: { State: state, ...(reason === null ? {} : { Reason: reason }) },
      })),
    };
  },
  AddTags(world, input) {
    for (const arn of listOf<string>(input.ResourceArns)) {
      const tags = world.tags.get(arn) ?? new Map<string, string>();
      for (const { Key, Value } of listOf<Pair>(input.Tags)) tags.set(Key, Value ?? '');
      world.tags.set(arn, tags);
    }
    return {};
  },
  RemoveTags(world, input) {
    for (const arn of listOf<string>(input.ResourceArns)) {
      for (const key of listOf<string>(input.TagKeys)) world.tags.get(arn)?.delete(key);
    }
    return {};
  },
  DescribeTags(world, input) {
    const arns = listOf<string>(input.ResourceArns);
    return {
      TagDescriptions: arns.map((arn) => ({ ResourceArn: arn, Tags: printPairs(world.tags.get(arn) ?? new Map()) })),
    };
  },
};

interface Pair {
  readonly Key: string;
  readonly Value: string;
}

/** Carries a request out. @throws Refusal as the API would answer it */
export function handleRequest(world: ElbWorld, action: string, input: Input): object {
  const handle = handlers[action];
  if (handle === undefined) throw new Refusal('InvalidAction', `Could not find operation ${action}`);
  return handle(world, input);
}

/** Requests that change nothing have a larger allowance. */
export function isRead(action: string): boolean {
  return action.startsWith('Describe');
}

function requireListener(world: ElbWorld, arn: string): { readonly loadBalancerArn: string } {
  const listener = world.listeners.get(arn);
  if (listener === undefined) throw new Refusal('ListenerNotFound', `One or more listeners not found: ${arn}`);
  return listener;
}

/** Replaces the whole list, as the API does; a list that is left out stays. */
function changes(world: ElbWorld, given: Wire | undefined): Partial<WorldRule> {
  if (given === undefined) return {};
  const actions = listOf<WireAction>(given);
  world.checkActions(actions);
  return { actions };
}

function printRule({ arn, priority, conditions, actions }: WorldRule): object {
  return {
    RuleArn: arn,
    Priority: priority ?? 'default',
    // An answer names the values of these two twice.
    Conditions: conditions.map((condition) => {
      const values = condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values;
      return values === undefined ? condition : { ...condition, Values: values };
    }),
    Actions: printActions(actions),
    IsDefault: priority === null,
  };
}

/** As the API answers: without secrets, and a single group also outside of the list. */
function printActions(actions: readonly WireAction[]): object[] {
  return actions.map((action) => {
    const { ForwardConfig, AuthenticateOidcConfig } = action;
    const { ClientSecret: _, UseExistingClientSecret: __, ...oidc } = AuthenticateOidcConfig ?? {};
    const only = ForwardConfig?.TargetGroups.length === 1 ? ForwardConfig.TargetGroups[0]!.TargetGroupArn : undefined;
    return {
      ...action,
      ...(only === undefined ? {} : { TargetGroupArn: only }),
      ...(AuthenticateOidcConfig === undefined ? {} : { AuthenticateOidcConfig: oidc }),
    };
  });
}

function printGroup(arn: string, name: string, port: number): object {
  const fixed = {
    Protocol: 'HTTP',
    ProtocolVersion: 'HTTP1',
    TargetType: 'ip',
    VpcId: 'vpc-1',
    HealthCheckEnabled: true,
  };
  return {
    TargetGroupArn: arn,
    TargetGroupName: name,
    Port: port,
    HealthCheckPath: '/',
    HealthCheckProtocol: 'HTTP',
    ...fixed,
  };
}

function printPairs(pairs: ReadonlyMap<string, string>): Pair[] {
  return [...pairs].map(([Key, Value]) => ({ Key, Value }));
}
