import { type Fence, sameTarget, type TrafficTarget } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { type Effect, effectsFor } from './index.js';
import { planOf, policyOf } from './plan.fixture.js';
import { Hand } from './release.fixture.js';

type Route = Effect & { readonly kind: 'route' };

/** Two services, by default on one router; each was read once and wants its first stamp. */
function pair(resource = 'router'): Hand {
  const plan = planOf();
  const web = plan.services.web!;
  const traffic = { ...web.traffic, resource };
  const hand = new Hand({ ...plan, services: { api: { ...web, traffic }, web } });
  for (const service of ['api', 'web']) read(hand, service, hand.target!);
  return hand;
}

function read(hand: Hand, service: string, target: TrafficTarget, fence?: Fence): void {
  Object.assign(hand, { target, fence });
  hand.tell({ type: 'routing-observed', service, observation: hand.observation() });
}

function routes(hand: Hand): readonly Route[] {
  return effectsFor(hand.state).filter((effect) => effect.kind === 'route');
}

/** Begins the one route that is wanted. */
function begin(hand: Hand): Route {
  expect(routes(hand)).toHaveLength(1);
  return hand.begin('route') as Route;
}

/** Lets the write land, answers it and reads the router. */
function finish(hand: Hand, write: Route): void {
  hand.accept(write);
  read(hand, write.service, write.target, write.fence);
}

describe('rule 4: one writer per resource', () => {
  it('has one route in flight per resource, over the services that share it', () => {
    const hand = pair();
    expect(routes(hand).map(({ service }) => service)).toEqual(['api']);
    const first = begin(hand);
    expect(routes(hand).map(({ key }) => key)).toEqual([first.key]);
    hand.accept(first);
    expect(routes(hand).map(({ service }) => service)).toEqual(['web']);
  });

  it('writes to two routers at once', () => {
    expect(routes(pair('edge')).map(({ service }) => service)).toEqual(['api', 'web']);
  });

  it('lets the other service go on when a write failed', () => {
    const hand = pair();
    hand.refuse(begin(hand), 'read-back');
    expect(routes(hand).map(({ service }) => service)).toEqual(['web']);
  });

  it('counts the sequence up over all services of a resource, failed writes too', () => {
    const hand = pair();
    const fences: Fence[] = [];
    for (let round = 0; round < 4; round++) {
      const write = begin(hand);
      fences.push(write.fence);
      hand.refuse(write, 'recompute');
      for (const service of ['api', 'web']) read(hand, service, hand.target!);
      const due = routes(hand)[0]!.notBefore;
      if (due > hand.at) hand.wait(due - hand.at);
    }
    expect(fences).toEqual([1, 2, 3, 4].map((sequence) => ({ epoch: 7, sequence })));
  });

  it('begins the sequence anew with the epoch', () => {
    const hand = pair();
    const found = hand.target!;
    finish(hand, begin(hand));
    hand.takeOver();
    read(hand, 'web', found);
    expect(begin(hand).fence).toEqual({ epoch: 8, sequence: 1 });
  });

  it.each([0, 1])('takes a write for landed at its own sequence plus %i', (more) => {
    const hand = pair();
    const write = begin(hand);
    hand.accept(write);
    const other = begin(hand);
    expect(other.fence.sequence).toBe(write.fence.sequence + 1);
    const sequence = write.fence.sequence + more;
    read(hand, 'api', write.target, { epoch: write.fence.epoch, sequence });
    const { routing } = hand.state.services.api!;
    expect(routing).toMatchObject({ drifted: null, suspect: null, writes: [], shownAt: hand.at });
  });

  it('takes an older sequence of its own epoch for not landed', () => {
    const hand = new Hand();
    hand.observeRouting();
    const first = hand.begin('route') as Route;
    hand.refuse(first, 'read-back');
    hand.observeRouting();
    hand.wait(hand.effect('route')!.notBefore - hand.at);
    const second = hand.begin('route') as Route;
    expect(sameTarget(second.target, first.target)).toBe(true);
    hand.accept(second);
    hand.land(first);
    hand.observeRouting();
    expect(hand.routing).toMatchObject({ drifted: null, shownAt: null, writes: [{ key: second.key }] });
    hand.land(second);
    hand.observeRouting();
    expect(hand.routing).toMatchObject({ writes: [], shownAt: hand.at });
  });

  it('decides nothing on what a newer owner wrote', () => {
    for (const phase of ['preparing', 'shifting', 'baking', 'retiring'] as const) {
      const hand = new Hand(planOf(policyOf()));
      hand.playTo(phase);
      hand.observeRouting();
      const before = hand.state;
      const { target } = hand;
      for (const percent of [0, 37, 100]) {
        hand.edit(percent, { epoch: 8, sequence: 0 });
        expect(hand.observeRouting()).toBe(before);
      }
      Object.assign(hand, { target, fence: { epoch: 8, sequence: 1 } });
      expect(hand.observeRouting()).toBe(before);
    }
  });
});
