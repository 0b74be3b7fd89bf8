// What the load balancer of `elb-server.fixture.ts` knows, and what it refuses. It behaves as documented where an
// emulator of the API is too kind: groups that no rule names are not checked, registration is not health, and
// deregistration drains.
import type { Wire } from './elb-wire.fixture.js';

/** A refusal as it goes over the wire. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface WireAction {
  readonly Type: string;
  readonly Order?: string;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: {
    readonly TargetGroups: readonly { readonly TargetGroupArn: string; readonly Weight?: string }[];
    readonly TargetGroupStickinessConfig?: { readonly Enabled?: string; readonly DurationSeconds?: string };
  };
  readonly FixedResponseConfig?: { readonly StatusCode: string; readonly MessageBody?: string };
  readonly AuthenticateOidcConfig?: { readonly [key: string]: string };
}

export interface WireCondition {
  readonly Field: string;
  readonly Values?: readonly string[];
  readonly HttpHeaderConfig?: { readonly HttpHeaderName: string; readonly Values: readonly string[] };
  readonly PathPatternConfig?: { readonly Values: readonly string[] };
  readonly HostHeaderConfig?: { readonly Values: readonly string[] };
  readonly SourceIpConfig?: { readonly Values: readonly string[] };
}

export interface WorldRule {
  readonly arn: string;
  readonly listenerArn: string;
  /** `null`: the default rule. */
  readonly priority: number | null;
  readonly conditions: readonly WireCondition[];
  readonly actions: readonly WireAction[];
}

export interface WorldTarget {
  readonly id: string;
  readonly port: number;
  readonly registeredAt: number;
  /** When it was deregistered; it drains until the delay is over. */
  leavingAt: number | null;
}

export interface WorldGroup {
  readonly arn: string;
  readonly name: string;
  readonly port: number;
  readonly attributes: Map<string, string>;
  readonly targets: WorldTarget[];
}

export interface WorldOptions {
  /** How long the health checks of a registered target take. */
  readonly checkingMs: number;
  /** How long one second of the API's own durations lasts. */
  readonly secondMs: number;
}

export interface TargetState {
  readonly target: WorldTarget;
  readonly state: string;
  readonly reason: string | null;
}

/** Rules, groups and targets of one account. */
export class ElbWorld {
  readonly rules: WorldRule[] = [];
  readonly groups = new Map<string, WorldGroup>();
  readonly listeners = new Map<string, { readonly arn: string; readonly loadBalancerArn: string }>();
  readonly tags = new Map<string, Map<string, string>>();
  /** Targets that fail their health checks, as `id:port`. */
  readonly sick = new Set<string>();
  /** Called after each change of a rule. */
  onRules: () => void = () => {};
  readonly #options: WorldOptions;
  #count = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  newId(): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(16, '0');
  }

  group(arn: string | undefined): WorldGroup {
    const found = this.groups.get(arn ?? '');
    if (found === undefined) throw new Refusal('TargetGroupNotFound', `Target groups '${arn}' not found`);
    return found;
  }

  rule(arn: string): WorldRule {
    const found = this.rules.find((each) => each.arn === arn);
    if (found === undefined) throw new Refusal('RuleNotFound', `One or more rules not found: ${arn}`);
    return found;
  }

  replaceRule(rule: WorldRule, changed: Partial<WorldRule>): WorldRule {
    const next = { ...rule, ...changed };
    this.rules[this.rules.findIndex(({ arn }) => arn === rule.arn)] = next;
    this.onRules();
    return next;
  }

  addRule(rule: WorldRule): void {
    const isTaken = this.rules.some(
      ({ listenerArn, priority }) => listenerArn === rule.listenerArn && priority === rule.priority,
    );
    if (isTaken) throw new Refusal('PriorityInUse', `Priority '${rule.priority}' is currently in use`);
    this.rules.push(rule);
    this.rules.sort((a, b) => (a.priority ?? Number.POSITIVE_INFINITY) - (b.priority ?? Number.POSITIVE_INFINITY));
    this.onRules();
  }

  removeRule(arn: string): void {
    const rule = this.rule(arn);
    if (rule.priority === null) throw new Refusal('OperationNotPermitted', `Default rule '${arn}' cannot be deleted`);
    this.rules.splice(this.rules.indexOf(rule), 1);
    this.onRules();
  }

  /** Refuses what the API refuses: numbers of groups, weights, unknown groups, a missing secret. */
  checkActions(actions: readonly WireAction[]): void {
    const endings = actions.filter(({ Type }) => ['forward', 'fixed-response', 'redirect'].includes(Type));
    if (endings.length !== 1) throw new Refusal('InvalidLoadBalancerAction', 'One action must end the rule');
    for (const { TargetGroupArn, ForwardConfig, AuthenticateOidcConfig } of actions) {
      const groups = ForwardConfig?.TargetGroups ?? [];
      if (TargetGroupArn !== undefined && groups.length > 0) {
        const isSame = groups.length === 1 && groups[0]!.TargetGroupArn === TargetGroupArn;
        if (!isSame) throw new Refusal('InvalidLoadBalancerAction', 'TargetGroupArn and ForwardConfig differ');
      }
      if (groups.length > 5) throw new Refusal('TooManyUniqueTargetGroupsPerLoadBalancer', 'At most 5 target groups');
      for (const { TargetGroupArn: arn, Weight = '1' } of groups) {
        this.group(arn);
        const weight = Number(Weight);
        if (!(Number.isInteger(weight) && weight >= 0 && weight <= 999)) {
          throw new Refusal('ValidationError', `Weight '${Weight}' is not between 0 and 999`);
        }
      }
      const oidc = AuthenticateOidcConfig;
      if (oidc !== undefined && oidc.ClientSecret === undefined && oidc.UseExistingClientSecret !== 'true') {
        throw new Refusal('InvalidLoadBalancerAction', 'ClientSecret is required');
      }
    }
  }

  checkConditions(conditions: readonly WireCondition[]): void {
    const values = conditions.flatMap(valuesOf);
    if (values.length > 5) throw new Refusal('ValidationError', 'A rule can have at most 5 condition values');
    const wildcards = values.reduce((sum, value) => sum + (value.match(/[*?]/g)?.length ?? 0), 0);
    if (wildcards > 5) throw new Refusal('ValidationError', 'A rule can have at most 5 wildcards');
  }

  isAttached(groupArn: string): boolean {
    return this.rules.some(({ actions }) =>
      actions.some(
        ({ TargetGroupArn, ForwardConfig }) =>
          TargetGroupArn === groupArn ||
          ForwardConfig?.TargetGroups.some((each) => each.TargetGroupArn === groupArn) === true,
      ),
    );
  }

  /** Every target that the API would show, with its state now. */
  states(group: WorldGroup): TargetState[] {
    const now = Date.now();
    const delayMs = Number(group.attributes.get('deregistration_delay.timeout_seconds')) * this.#options.secondMs;
    const shown = group.targets.filter(({ leavingAt }) => leavingAt === null || now < leavingAt + delayMs);
    return shown.map((target) => ({ target, ...this.#stateOf(group, target, now) }));
  }

  #stateOf(group: WorldGroup, target: WorldTarget, now: number): { state: string; reason: string | null } {
    if (target.leavingAt !== null) return { state: 'draining', reason: 'Target.DeregistrationInProgress' };
    if (!this.isAttached(group.arn)) return { state: 'unused', reason: 'Target.NotInUse' };
    if (now < target.registeredAt + this.#options.checkingMs) {
      return { state: 'initial', reason: 'Elb.InitialHealthChecking' };
    }
    if (this.sick.has(`${target.id}:${target.port}`))
      return { state: 'unhealthy', reason: 'Target.FailedHealthChecks' };
    return { state: 'healthy', reason: null };
  }
}

export function valuesOf(condition: WireCondition): readonly string[] {
  const { HttpHeaderConfig, PathPatternConfig, HostHeaderConfig, SourceIpConfig, Values } = condition;
  return (HttpHeaderConfig ?? PathPatternConfig ?? HostHeaderConfig ?? SourceIpConfig)?.Values ?? Values ?? [];
}

export function listOf<T>(value: Wire | undefined): readonly T[] {
  return (Array.isArray(value) ? value : []) as unknown as readonly T[];
}
