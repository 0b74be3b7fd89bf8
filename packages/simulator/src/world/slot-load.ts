import type { Slot } from '@bluegreen/contract';
import type { RunningDeployment } from './deployment.js';
import type { Instance } from './instance.js';
import { answerOf, type InstanceAnswer, missShareOf, type SharedStrain } from './models/answer-of.js';
import type { Conditions } from './models/effects.js';
import { shareWithin, usualLatency } from './models/latency-shape.js';
import type { SharedState } from './models/shared-state.js';
import type { GroupShares, Population, Shares } from './population.js';
import type { ResolvedService } from './resolved-options.js';
import type { SlotPlace } from './slot-place.js';

/** A stretch of time in which nothing changed. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Requests of all users that are to be expected in it. */
  readonly arrivals: number;
  readonly shares: GroupShares;
  /** What is copied to each slot, of all requests. */
  readonly copies: Shares;
}

/** Adds what users send to the slots to the counters there, and how it is answered. */
export class SlotLoad {
  readonly #service: ResolvedService;
  readonly #population: Population;
  readonly #shared: SharedState;
  readonly #usualSlowShare: number;

  constructor(service: ResolvedService, population: Population, shared: SharedState) {
    this.#service = service;
    this.#population = population;
    this.#shared = shared;
    this.#usualSlowShare = 1 - shareWithin(usualLatency, service.traffic.slowMs);
  }

  /** What both slots share bears in this stretch; `null`: nothing at all. */
  strain(places: Readonly<Record<Slot, SlotPlace>>, stretch: Stretch): SharedStrain | null {
    if (this.#shared.isCalm) return null;
    const { fromMs, toMs, arrivals, shares, copies } = stretch;
    const lasted = (toMs - fromMs) / 1_000;
    const full = this.#service.traffic.requestsPerSecond;
    const busy = lasted === 0 || full === 0 ? 1 : arrivals / lasted / full;
    const load: Record<string, number> = {};
    for (const name of this.#shared.dependencies) {
      const calls = (slot: Slot) => callsOf(places[slot], name) * (shares.total[slot] + copies[slot]);
      load[name] = busy * (calls('blue') + calls('green'));
    }
    return this.#shared.strainAt((fromMs + toMs) / 2, load);
  }

  expect(slot: Slot, place: SlotPlace, stretch: Stretch, shared: SharedStrain | null): void {
    const share = stretch.shares.total[slot];
    const arrivals = stretch.arrivals * share;
    const { deployment, serving } = place;
    if (deployment === null) {
      place.retired.expect(arrivals);
      return;
    }
    this.#noteWho(slot, deployment, stretch);
    if (serving.length === 0) {
      place.unready.expect(arrivals);
      return;
    }
    const each = arrivals / serving.length;
    const isSteady = shared === null && deployment.behaviour.effects.length === 0;
    for (const instance of serving) {
      if (!instance.isReady) place.unready.expect(each);
      else if (isSteady) this.#steady(instance, deployment, each);
      else this.#answer(instance, slot, place, each, stretch, shared ?? noStrain);
    }
  }

  /** Copies of requests. Nobody sees the answer, so one that finds no instance is no failure. */
  copy(slot: Slot, place: SlotPlace, stretch: Stretch, shared: SharedStrain | null): void {
    const share = stretch.copies[slot];
    const { deployment, serving } = place;
    const ready = serving.filter(({ isReady }) => isReady);
    if (deployment === null || ready.length === 0) return;
    const each = (stretch.arrivals * share) / serving.length;
    const isSteady = shared === null && deployment.behaviour.effects.length === 0;
    for (const instance of ready) {
      if (isSteady) {
        instance.copies.expect(each, deployment.errorRate);
        instance.served += each;
        continue;
      }
      // Everybody's requests are copied alike.
      const everybody = { share, of: (index: number) => this.#population.groups[index]!.share };
      const answer = this.#answerTo(instance, place, each, stretch, shared ?? noStrain, everybody);
      instance.copies.expect(each, answer.errorRate);
      instance.served += each;
      instance.shape = answer.shape;
      fillMemory(instance, share * (stretch.toMs - stretch.fromMs) * (place.desired / serving.length));
    }
  }

  #steady(instance: Instance, deployment: RunningDeployment, requests: number): void {
    instance.counter.expect(requests, deployment.errorRate);
    instance.served += requests;
    deployment.slow += requests * this.#usualSlowShare;
  }

  #answer(
    instance: Instance,
    slot: Slot,
    place: SlotPlace,
    requests: number,
    stretch: Stretch,
    shared: SharedStrain,
  ): void {
    const { deployment, serving, desired } = place;
    const { fromMs, toMs, shares } = stretch;
    const total = shares.total[slot];
    const who = { share: total, of: (index: number) => (total === 0 ? 0 : shares.groups[index]![slot] / total) };
    const answer = this.#answerTo(instance, place, requests, stretch, shared, who);
    instance.counter.expect(requests, answer.errorRate);
    instance.served += requests;
    instance.shape = answer.shape;
    deployment!.slow += requests * (1 - shareWithin(answer.shape, this.#service.traffic.slowMs));
    fillMemory(instance, total * (toMs - fromMs) * (desired / serving.length));
  }

  /** How an instance answers so many requests. */
  #answerTo(
    instance: Instance,
    { deployment, serving }: SlotPlace,
    requests: number,
    { fromMs, toMs }: Stretch,
    shared: SharedStrain,
    who: { readonly share: number; readonly of: (group: number) => number },
  ): InstanceAnswer {
    const { behaviour, errorRate, firstUserRequestAt } = deployment!;
    const { endpointPercent, requestsPerSecond } = this.#service.traffic;
    const at = (fromMs + toMs) / 2;
    const conditions: Conditions = {
      at,
      version: deployment!.version,
      upMs: Math.max(0, at - instance.readySince),
      served: instance.served,
      sinceUserMs: Math.max(0, at - (firstUserRequestAt ?? at)),
      requestsPerSecond: toMs === fromMs ? 0 : (requests * 1_000) / (toMs - fromMs),
      instances: serving.length,
      share: who.share,
      groupShare: (name) => {
        const index = this.#population.groups.findIndex((group) => group.name === name);
        return index === -1 ? 0 : who.of(index);
      },
    };
    return answerOf(behaviour, errorRate, conditions, shared, instance.strain, {
      lastedMs: toMs - fromMs,
      fullRatePerSecond: requestsPerSecond,
      endpointShare: (name) => (endpointPercent[name] ?? 5) / 100,
    });
  }

  /** Which people met the version, and how many of them at the most at one time. */
  #noteWho(slot: Slot, { seen }: RunningDeployment, { arrivals, shares }: Stretch): void {
    this.#population.groups.forEach((group, index) => {
      const share = shares.groups[index]![slot];
      if (share === 0) return;
      const noted = seen[index] ?? { requests: 0, mostShare: 0 };
      seen[index] = {
        requests: noted.requests + arrivals * share,
        mostShare: Math.max(noted.mostShare, Math.min(1, share / group.share)),
      };
    });
  }
}

const noStrain: SharedStrain = { errorRate: 0, slowdown: 1 };

/** Calls of a dependency per request, over those that the version makes when it is warm. */
function callsOf({ deployment, serving }: SlotPlace, dependency: string): number {
  let calls = 1;
  for (const effect of deployment?.behaviour.effects ?? []) {
    if (effect.effect === 'dependency-calls' && effect.dependency === dependency) calls *= effect.perRequest;
    if (effect.effect !== 'cold-cache' || effect.dependency !== dependency || serving.length === 0) continue;
    const misses = serving.reduce((sum, { served }) => sum + missShareOf(effect, served), 0) / serving.length;
    calls *= misses / Math.max(effect.missShare, 1e-6);
  }
  return calls;
}

/** @param fullMs time on it with all users. */
function fillMemory({ strain, deployment }: Instance, fullMs: number): void {
  for (const effect of deployment.behaviour.effects) {
    if (effect.effect === 'leak') strain.memory += fullMs / effect.fullAfterMs;
  }
}
