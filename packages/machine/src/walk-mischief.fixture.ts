import { everythingTo, type Fence, type Slot, slots, weights } from '@bluegreen/contract';
import type { ReleasePlan } from './release-plan.js';
import { gateNames, rarely } from './walk-plans.fixture.js';
import { type Outcome, refused, runningKeys, WalkWorld } from './walk-world.fixture.js';

/** Everything that can go wrong, as the choices say: the same choices do the same, so fast-check can shrink them. */
export class WalkMischief extends WalkWorld {
  readonly #choices: readonly number[];
  #next = 0;
  protected commands = 0;

  constructor(plan: ReleasePlan, active: Slot | null, choices: readonly number[]) {
    super(plan, { active });
    this.#choices = choices;
  }

  /** True while choices are left. */
  get goesOn(): boolean {
    return this.#next < this.#choices.length;
  }

  protected pick(count: number): number {
    const choice = this.#choices[this.#next % Math.max(1, this.#choices.length)] ?? 0;
    this.#next += 1;
    return choice % count;
  }

  protected oneOf<T>(values: readonly T[]): T {
    return values[this.pick(values.length)]!;
  }

  protected readonly mischief: readonly (() => void)[] = [
    () => this.landAny(),
    () => this.landAny(),
    () => this.settleAny(),
    () => this.settleAny(),
    () => this.commandAny(),
    () => this.readOld(),
    () => this.editAny(),
    () => this.changeSlots(),
    () => this.failAnyRead(),
    () => this.loseOwner(),
    () => this.changeRouter(),
    () => this.nonsense(),
    () => this.wait(this.oneOf([1, 1_000, 5_000, 60_000, 600_000, 3_600_000])),
  ];

  /** A write lands before its caller was told, or long after it gave up. */
  protected landAny(): void {
    this.flights = this.flights.filter(({ until }) => until > this.at);
    if (this.flights.length > 0) this.landOne(this.oneOf(this.flights));
  }

  protected settleAny(): void {
    const keys = [...runningKeys(this.state)];
    if (keys.length === 0) return;
    const failed = { outcome: 'failed', code: 'fake/failed', message: 'it failed' } as const;
    const results: readonly Outcome[] = [
      { outcome: 'accepted' },
      { outcome: 'accepted' },
      { ...failed, reaction: 'read-back' },
      { ...failed, reaction: 'retry' },
      refused,
      { ...failed, reaction: 'permanent' },
    ];
    this.endWrite(this.oneOf(keys), this.oneOf(results));
  }

  protected approve(gate: string): void {
    this.commands += 1;
    this.tell({ type: 'approval-granted', gate, command: `c${this.commands}`, by: 'ann', reason: 'because' });
  }

  protected commandAny(): void {
    const type = this.oneOf(rarely);
    this.commands += 1;
    const said = { command: `c${this.commands}`, by: 'ann', reason: 'because' };
    if (type === 'approval-granted') this.approve(this.oneOf(['go-live', 'sure', 'nobody']));
    else if (type === 'rollback-requested') this.tell({ type, abort: this.pick(2) === 0, ...said });
    else if (type === 'gate-skip-requested')
      this.tell({ type, gate: this.oneOf(['go-live', 'sure', 'errors']), ...said });
    else if (type === 'webhook-answered')
      this.tell({ type, gate: 'verify/board', attempt: 1, verdict: 'pass', ...said });
    else this.tell({ type, ...said });
  }

  protected readOld(): void {
    if (this.shown.length === 0) return;
    const observation = this.oneOf(this.shown.slice(-4));
    if (observation.revision !== this.observation().revision) this.isEditedUnread = true;
    this.tell({ type: 'routing-observed', service: 'web', observation });
  }

  protected editAny(): void {
    this.isEditedUnread = true;
    const stamps: readonly (Fence | undefined)[] = [undefined, this.fence, { epoch: 1, sequence: 1 }];
    this.fence = this.oneOf(stamps);
    const percent = this.oneOf([0, 10, 50, 100]);
    const edited = everythingTo(this.oneOf(slots), { cohort: { kind: 'sticky' }, weights: weights(percent) });
    this.target = this.pick(6) === 0 ? null : edited;
    this.foreign = this.pick(8) === 0;
  }

  protected changeSlots(): void {
    const slot = this.oneOf(slots);
    if (this.pick(4) === 0) this.version[slot] = this.oneOf([null, 'v0', 'v1', 'v2']);
    this.ready[slot] = this.oneOf([0, 1, 2, 2, 2, 3]);
  }

  protected failAnyRead(): void {
    const slot = this.oneOf([null, ...slots]);
    const failure = { code: 'fake/down', message: 'down', reaction: 'retry' } as const;
    this.tell({ type: 'observation-failed', service: 'web', slot, ...failure });
  }

  /** The owner dies; another one comes after a while. What was sent may still land. */
  protected loseOwner(): void {
    this.takeOver(this.oneOf([0, 1_000, 60_000, 10_800_000]));
  }

  protected changeRouter(): void {
    const restarts = [null, everythingTo('blue'), everythingTo('green')];
    this.afterRestart = this.oneOf(restarts);
    this.open = { blue: this.oneOf([0, 0, 3]), green: this.oneOf([0, 0, 3]) };
  }

  protected nonsense(): void {
    const [gate, attempt] = [this.oneOf(gateNames), this.pick(3)];
    const evidence = { summary: 'nonsense' };
    const verdict = this.oneOf(['pass', 'fail', 'error', 'inconclusive'] as const);
    const told = [
      () => this.tell({ type: 'gate-judged', gate, attempt, verdict, evidence }),
      () => this.tell({ type: 'effect-settled', key: 'nobody', result: { outcome: 'accepted' } }),
      () => this.tell({ type: 'routing-observed', service: 'nobody', observation: this.observation() }),
      () => this.tell({ type: 'release-requested', id: 'r9', requestedBy: 'eve', plan: this.state.plan }),
      () => this.observeRouting({ fence: { epoch: 999, sequence: 1 } }),
    ];
    this.oneOf(told)();
  }
}
