import {
  durationMs,
  environmentCapabilities,
  everythingTo,
  type JournalRecord,
  otherSlot,
  type Slot,
  type TrafficTarget,
  trafficCapabilities,
  type Verdict,
  weightsOf,
} from '@bluegreen/contract';
import type {
  CompiledGate,
  CompiledPolicy,
  CompiledStep,
  Phase,
  ReleaseEvent,
  RollbackCause,
} from '@bluegreen/machine';
import { policyOf } from './policy.fixture.js';

type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;
export type Unplaced = WithoutAt<ReleaseEvent>;

export const startedAt = 1_750_000_000_000;

interface StoryOptions {
  readonly id?: string;
  readonly requestedBy?: string;
  readonly versions?: Readonly<Record<string, readonly [string | null, string]>>;
  readonly policy?: CompiledPolicy;
}

/** A journal in the making: each method appends what the machine journals at such a moment, in its order. */
export class Story {
  readonly records: JournalRecord<ReleaseEvent>[] = [];
  readonly policy: CompiledPolicy;
  readonly versions: Readonly<Record<string, readonly [string | null, string]>>;
  #at = startedAt;
  #writes = 0;

  constructor(options: StoryOptions = {}) {
    const { id = 'r-2041', requestedBy = 'ci', versions = { checkout: ['v41', 'v42'] }, policy = policyOf() } = options;
    this.policy = policy;
    this.versions = versions;
    const services = Object.fromEntries(
      Object.entries(versions).map(([name, [, version]]) => {
        const traffic = { name: 'simulated', resource: `router:${name}`, capabilities: trafficCapabilities({}) };
        const environment = { name: 'simulated', resource: `slots:${name}`, capabilities: environmentCapabilities({}) };
        return [name, { version, cohort: { kind: 'per-request' } as const, traffic, environment }];
      }),
    );
    this.add({ type: 'release-requested', id, requestedBy, plan: { format: 1, policy, services } });
    this.enter('preparing', null);
    this.add({ type: 'orchestrator-resumed', owner: 'host-1', absentMs: 0, epochs: {} });
  }

  get names(): readonly string[] {
    return Object.keys(this.versions);
  }

  wait(duration: string): this {
    this.#at += durationMs(duration);
    return this;
  }

  add(...events: readonly Unplaced[]): this {
    for (const event of events) {
      this.records.push({ seq: this.records.length + 1, epoch: 1, event: { ...event, at: this.#at } as ReleaseEvent });
    }
    return this;
  }

  get at(): number {
    return this.#at;
  }

  enter(phase: Phase, from: Phase | null): this {
    return this.add({ type: 'phase-entered', phase, from });
  }

  /** Blue serves everyone before; where a version is `null`, nothing does. */
  readEverything(): this {
    for (const [name, [before]] of Object.entries(this.versions)) {
      this.readSlot(name, 'blue', before, before === null ? 0 : 3, 3);
      this.readSlot(name, 'green', null, 0, 0);
      if (before === null) {
        this.add({
          type: 'routing-observed',
          service: name,
          observation: { routing: { kind: 'unrouted' }, revision: '0' },
        });
      } else {
        this.readRouting(name, everythingTo('blue'), '0');
      }
    }
    return this;
  }

  readSlot(
    service: string,
    slot: Slot,
    version: string | null,
    ready: number,
    desired: number,
    whyNotReady?: string,
  ): this {
    const observation = { version, ready, desired, ...(whyNotReady === undefined ? {} : { whyNotReady }) };
    return this.add({ type: 'environment-observed', service, slot, observation });
  }

  readRouting(service: string, target: TrafficTarget, revision: string): this {
    return this.add({
      type: 'routing-observed',
      service,
      observation: { routing: { kind: 'split', target }, revision },
    });
  }

  deploy(duration = '38s'): this {
    const slotOf = (name: string): Slot => (this.versions[name]![0] === null ? 'blue' : 'green');
    for (const name of this.names) this.startConverge(name, slotOf(name), this.versions[name]![1]);
    this.wait(duration);
    for (const name of this.names) this.readSlot(name, slotOf(name), this.versions[name]![1], 3, 3);
    return this;
  }

  startConverge(service: string, slot: Slot, version: string | null): this {
    this.#writes += 1;
    const key = `write-${this.#writes}`;
    const fence = { epoch: 1, sequence: this.#writes };
    this.add({ type: 'effect-started', key, write: { kind: 'converge', service, slot, fence, version } });
    return this.add({ type: 'effect-settled', key, result: { outcome: 'accepted' } });
  }

  prepared(duration = '38s'): this {
    return this.readEverything().deploy(duration).enter('verifying', 'preparing').openGates(this.policy.verify.gates);
  }

  openGates(gates: readonly CompiledGate[], attempt = 1): this {
    for (const gate of gates) {
      this.add({ type: 'gate-opened', gate: gate.id, attempt });
      if (gate.kind !== 'approval') continue;
      const expiresAt = this.#at + gate.expiresMs;
      this.add({ type: 'approval-requested', gate: gate.id, from: gate.from, expiresAt });
    }
    return this;
  }

  judge(
    gate: string,
    verdict: Verdict,
    evidence: { summary: string; value?: number; limit?: number; samples?: number },
  ): this {
    return this.add({ type: 'gate-judged', gate, attempt: 1, verdict, evidence });
  }

  /** One measurement of an error rate, in the words of its judge. */
  measure(gate: string, verdict: Verdict, value: number, samples: number, note = ''): this {
    const count = String(samples).replace(/\B(?=(\d{3})+$)/g, ',');
    const rate = `${Number((value * 100).toFixed(2))} %`;
    const summary = `errors ${rate} of ${count} requests in 2m, limit 1 %${note}`;
    return this.judge(gate, verdict, { summary, value, limit: 0.01, samples });
  }

  settle(gate: string, verdict: Verdict | 'cancelled', attempt = 1): this {
    return this.add({ type: 'gate-settled', gate, attempt, verdict, evidence: null });
  }

  /** Every check of the verification passes after `duration`, and the first step begins. */
  verified(duration = '1s'): this {
    this.wait(duration);
    for (const gate of this.policy.verify.gates) {
      if (gate.kind === 'check') this.judge(gate.id, 'pass', { summary: 'GET /healthz → 200' });
    }
    for (const gate of this.policy.verify.gates) if (gate.kind === 'check') this.settle(gate.id, 'pass');
    return this.enter('shifting', 'verifying').enterStep(0).openGates(this.policy.guardrails);
  }

  get steps(): readonly CompiledStep[] {
    const isFirst = Object.values(this.versions).some(([before]) => before === null);
    return isFirst ? this.policy.shift.slice(-1) : this.policy.shift;
  }

  enterStep(index: number): this {
    const { percent, audiences } = this.steps[index]!;
    return this.add({ type: 'step-entered', step: index, percent, audiences });
  }

  candidateOf(name: string): Slot {
    return this.versions[name]![0] === null ? 'blue' : 'green';
  }

  startRoute(service: string, percent: number): string {
    this.#writes += 1;
    const key = `write-${this.#writes}`;
    const target = this.targetOf(service, percent);
    const fence = { epoch: 1, sequence: this.#writes };
    const write = { kind: 'route', service, fence, target, expected: { revision: '0' } } as const;
    this.add({ type: 'effect-started', key, write });
    return key;
  }

  targetOf(service: string, percent: number): TrafficTarget {
    const slot = this.candidateOf(service);
    return everythingTo(otherSlot(slot), { weights: weightsOf(slot, percent) });
  }

  route(service: string, percent: number): this {
    const key = this.startRoute(service, percent);
    this.add({ type: 'effect-settled', key, result: { outcome: 'accepted' } });
    return this.readRouting(service, this.targetOf(service, percent), key);
  }

  /** The routers show the step after `duration`; its hold and its gates begin. */
  reach(index: number, duration = '2s'): this {
    const { percent, holdMs, gates } = this.steps[index]!;
    this.wait(duration);
    for (const name of this.names) this.route(name, percent);
    // The last step is over as soon as it is reached, unless something holds it: then that is all the machine says.
    const isOver = percent === 100 && holdMs === 0 && gates.length === 0;
    if (isOver && this.policy.bake.forMs === 0) return this;
    if (isOver) return this.enter('baking', 'shifting').openGates(this.policy.bake.gates);
    this.add({ type: 'step-reached', step: index, percent, until: this.#at + holdMs });
    return this.openGates(gates);
  }

  /** The hold of a step passes, its analyses measure well and pass. */
  hold(index: number, rate = 0.0031, samples = 41_208): this {
    const { holdMs, gates } = this.steps[index]!;
    const part = `${Math.floor(holdMs / 5)}ms`;
    const isAnalysis = gates.some(({ kind }) => kind === 'analysis');
    for (let turn = 1; turn <= 5; turn += 1) {
      this.wait(part);
      if (!isAnalysis) continue;
      const now = rate * [0.4, 0.9, 0.6, 1.2, 1][turn - 1]!;
      for (const { id } of gates)
        this.measure(id, turn < 3 ? 'inconclusive' : 'pass', now, Math.round((samples * turn) / 5));
    }
    for (const { id } of gates) this.settle(id, 'pass');
    return this;
  }

  rollBack(cause: Omit<RollbackCause, 'at'>): this {
    return this.add({ type: 'rollback-begun', cause: { ...cause, at: this.#at } }).enter('rolling-back', cause.from);
  }

  returned(duration: string, cause: Omit<RollbackCause, 'at'>): this {
    this.wait(duration);
    for (const name of this.names) {
      this.route(name, 0);
      this.add({ type: 'traffic-returned', service: name, slot: otherSlot(this.candidateOf(name)) });
    }
    this.enter('rolled-back', 'rolling-back');
    this.add({ type: 'release-rolled-back', cause: { ...cause, at: this.#at } });
    return this.add({ type: 'release-finished', end: 'rolled-back' });
  }
}
