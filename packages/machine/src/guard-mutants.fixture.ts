import type { Slot } from '@bluegreen/contract';
import type { Fact } from './events.js';
import { fold } from './fold.js';
import { configuredRules, enterPhase, type PhaseRule, runAction } from './phase-machine.js';
import { guards } from './rules.js';
import type { GateState, ReleaseState, RoutingState, ServiceState } from './state.js';

export type GuardName = keyof typeof guards;
export type Guards = Readonly<Record<GuardName, (state: ReleaseState, at: number) => boolean>>;
type Blind = (state: ReleaseState) => ReleaseState;

/** Decides with a table of guards of its own; `see` is told of each rule before it is applied. */
export function decideWith(table: Guards, see: (state: ReleaseState, rule: PhaseRule, at: number) => void) {
  return (state: ReleaseState, fact: Fact): ReleaseState => {
    let next = fold(state, fact);
    for (let count = 0; count < 64; count++) {
      const rule = configuredRules[next.phase].find(({ guard }) => table[guard](next, fact.at));
      if (rule === undefined) return next === state ? state : { ...next, at: fact.at };
      see(next, rule, fact.at);
      for (const action of rule.actions) next = runAction(next, action, fact.at);
      if (rule.target !== undefined) next = enterPhase(next, rule.target, fact.at);
    }
    throw new Error(`the rules chase each other in ${next.phase}`);
  };
}

function services(state: ReleaseState, change: (service: ServiceState) => ServiceState): ReleaseState {
  const changed = Object.entries(state.services).map(([name, service]) => [name, change(service)] as const);
  return { ...state, services: Object.fromEntries(changed) };
}

function routing(patch: Partial<RoutingState>): Blind {
  return (state) => services(state, (service) => ({ ...service, routing: { ...service.routing, ...patch } }));
}

function slot(service: ServiceState, which: Slot, version: string | null, ready: number): ServiceState {
  const known = service.slots[which];
  const seen = { ...known.seen!, version, ready };
  return { ...service, slots: { ...service.slots, [which]: { ...known, seen, fresh: true } } };
}

function gates(state: ReleaseState, change: (gate: GateState) => GateState): ReleaseState {
  const changed = Object.entries(state.gates).map(([id, gate]) => [id, change(gate)] as const);
  return { ...state, gates: Object.fromEntries(changed) };
}

/** What a guard can be blind to: it sees a state in which that is well. */
const blinds: Readonly<Record<string, Blind>> = {
  pause: (state) => ({ ...state, paused: null }),
  routing: routing({ shownAt: 0, staleSince: null }),
  lag: (state) =>
    services(state, ({ routing: seen, ...service }) => ({
      ...service,
      routing: { ...seen, shownAt: seen.shownAt === null ? null : 0 },
    })),
  'old reads': routing({ staleSince: null }),
  writes: (state) =>
    services(state, (service) => {
      const { blue, green } = service.slots;
      const slots = { blue: { ...blue, converge: null }, green: { ...green, converge: null } };
      return { ...service, slots, routing: { ...service.routing, writes: [] } };
    }),
  time: (state) => ({ ...state, watch: state.watch === null ? null : { ...state.watch, until: 0 } }),
  'lost time': (state) => ({ ...state, watch: state.watch === null ? null : { ...state.watch, lostAt: null } }),
  gates: (state) => gates(state, (gate) => ({ ...gate, verdict: gate.verdict === 'error' ? 'error' : 'pass' })),
  guardrails: (state) => gates(state, (gate) => (gate.verdict === 'error' ? { ...gate, verdict: 'pass' } : gate)),
  candidate: (state) =>
    services(state, (service) =>
      service.roles === null ? service : slot(service, service.roles.candidate, 'v2', Number.MAX_SAFE_INTEGER),
    ),
  retention: (state) => services(state, (service) => ({ ...service, retainedSince: 0 })),
  'old slot': (state) =>
    services(state, (service) =>
      service.roles?.active == null ? service : slot(service, service.roles.active, null, 0),
    ),
  'candidate slot': (state) =>
    services(state, (service) => (service.roles === null ? service : slot(service, service.roles.candidate, null, 0))),
};

const watched = ['pause', 'time', 'lost time', 'gates', 'guardrails', 'candidate'] as const;
const partial: Partial<Record<GuardName, readonly string[]>> = {
  isPrepared: ['pause', 'routing', 'lag', 'old reads', 'candidate'],
  mayOpenVerify: ['pause', 'routing', 'lag', 'old reads'],
  isVerified: ['pause', 'routing', 'old reads', 'gates'],
  isStepReached: ['pause', 'routing', 'lag', 'old reads'],
  isStepDone: watched,
  isShiftDone: watched,
  isBakeDone: watched,
  isRetiredAll: ['routing', 'lag', 'writes', 'retention', 'old slot'],
  isReturned: ['routing', 'lag', 'writes', 'candidate slot'],
};

/** Every guard always true, always false, and blind to each of the things that it looks at. */
export const mutants: readonly (readonly [name: string, table: Guards])[] = (
  Object.keys(guards) as GuardName[]
).flatMap((name) => {
  const without = (partial[name] ?? []).map((what) => {
    const guard = (state: ReleaseState, at: number): boolean => guards[name](blinds[what]!(state), at);
    return [`${name} blind to ${what}`, { ...guards, [name]: guard }] as const;
  });
  const [always, never] = [true, false].map((value) => ({ ...guards, [name]: () => value }));
  return [[`${name} always`, always!] as const, [`${name} never`, never!] as const, ...without];
});
