import { everythingTo, type Fence, weights } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { Hand } from './release.fixture.js';

const sticky = { kind: 'sticky' } as const;
const goBack = everythingTo('blue', { candidate: 'green', cohort: sticky });

/** The owner of epoch 7 is gone in the bake, and left `target` with `fence` behind; the next one reads it. */
function afterFarewell(
  target: Hand['target'],
  fence: (last: Fence) => Fence,
  prepare: (hand: Hand) => void = () => {},
) {
  const hand = new Hand();
  hand.playTo('baking');
  hand.settle();
  const last = hand.state.fences.router!;
  prepare(hand);
  hand.target = target;
  hand.fence = fence(last);
  hand.takeOver(60_000);
  hand.observeRouting();
  return hand;
}

const later = ({ epoch, sequence }: Fence): Fence => ({ epoch, sequence: sequence + 1 });

describe('rule 8: farewell', () => {
  it('reads a rollback target of the owner before, later than all that it journaled, as a wish', () => {
    const hand = afterFarewell(goBack, later);
    expect(hand.state.cause).toMatchObject({ code: 'earlier-owner-asked', from: 'baking', service: 'web' });
    expect([hand.state.phase, hand.isDrifted]).toEqual(['rolling-back', false]);
    hand.playTo('rolled-back');
    expect(hand.target?.weights).toEqual(weights(0));
    expect(hand.fence?.epoch).toBe(8);
  });

  it.each([
    ['a step', everythingTo('blue', { candidate: 'green', cohort: sticky, weights: weights(10) })],
    ['a preview', everythingTo('blue', { candidate: 'green', cohort: sticky, preview: 'green' })],
    ['the cutover', everythingTo('green', { candidate: 'green', cohort: sticky })],
  ])('asserts its own goal over any other target of that epoch: %s', (_, target) => {
    const hand = afterFarewell(target, later);
    expect([hand.state.cause, hand.state.phase, hand.isDrifted]).toEqual([null, 'baking', false]);
    expect(hand.effect('route')).toMatchObject({ fence: { epoch: 8, sequence: 1 } });
    expect(hand.effect('route')?.target.weights).toEqual(weights(100));
    expect(hand.effect('route')?.expected.revision).toBe(hand.observation().revision);
    hand.playTo('promoted');
  });

  it('takes no write that was journaled for a wish', () => {
    const hand = afterFarewell(goBack, (last) => last);
    expect([hand.state.cause, hand.state.phase]).toEqual([null, 'baking']);
  });

  it('takes no write with an earlier sequence for a wish', () => {
    const hand = afterFarewell(goBack, ({ epoch, sequence }) => ({ epoch, sequence: sequence - 1 }));
    expect([hand.state.cause, hand.state.phase]).toEqual([null, 'baking']);
  });

  it('takes no write of a lower epoch for a wish, however late its sequence', () => {
    const hand = afterFarewell(goBack, ({ epoch, sequence }) => ({ epoch: epoch - 1, sequence: sequence + 100 }));
    expect([hand.state.cause, hand.state.phase]).toEqual([null, 'baking']);
  });

  it('takes no write of two owners ago for a wish once the one between them has written', () => {
    let first: Fence | undefined;
    const hand = afterFarewell(
      goBack,
      () => later(first!),
      (each) => {
        first = each.state.fences.router!;
        each.takeOver(1_000);
        each.settle();
        expect(each.state.fences.router).toMatchObject({ epoch: 8, sequence: 1 });
      },
    );
    expect([hand.state.cause, hand.state.phase]).toEqual([null, 'baking']);
  });

  it('still reads the wish of two owners ago when the one between them wrote nothing', () => {
    let first: Fence | undefined;
    const hand = afterFarewell(
      goBack,
      () => later(first!),
      (each) => {
        first = each.state.fences.router!;
        each.takeOver(1_000);
      },
    );
    expect(hand.state.cause?.code).toBe('earlier-owner-asked');
    hand.playTo('rolled-back');
  });

  it('keeps the cause that it goes back for already', () => {
    const hand = afterFarewell(goBack, later, (each) => expect(each.command('rollback-requested')).toBeNull());
    expect(hand.state.cause?.code).toBe('person-asked');
    hand.playTo('rolled-back');
  });

  it('detaches from what a newer owner writes: it decides nothing', () => {
    const hand = new Hand();
    hand.playTo('baking');
    hand.settle();
    const before = hand.state;
    hand.target = goBack;
    hand.fence = { epoch: 99, sequence: 1 };
    expect(hand.observeRouting()).toBe(before);
  });
});
