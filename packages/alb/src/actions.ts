import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { otherSlot, type Slot, slots, type Weights, weightsOf } from '@bluegreen/contract';
import type { AlbTargetGroups } from './options.js';
import { fromVendorWeights, toVendorWeights } from './vendor-weights.js';

/** What the last action of a rule does with a request, in the words of this adapter. */
export type Sends =
  | { readonly kind: 'split'; readonly weights: Weights; readonly stickinessSeconds: number | null }
  /** Ours, to one group only: the other one gets no health checks from it. */
  | { readonly kind: 'alone'; readonly slot: Slot }
  /** Our own answer to everybody: nobody serves here. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'foreign'; readonly summary: string };

/** What this adapter answers where no slot serves; it also recognises it by this text. */
const nobodyAnswer = { StatusCode: '503', ContentType: 'text/plain', MessageBody: 'bluegreen: no slot serves here' };

const lastTypes: readonly (string | undefined)[] = ['forward', 'fixed-response', 'redirect'];

/** The one action of a rule that ends it. Every other one (sign-in, token checks, what is not known yet) is kept as it is. */
export function lastAction(actions: readonly Action[]): Action | null {
  return actions.find(({ Type }) => lastTypes.includes(Type)) ?? null;
}

/** A copy of the list with another last action in the same place; everything else stays. */
export function withLastAction(actions: readonly Action[], last: Action): Action[] {
  const before = lastAction(actions);
  if (before === null) return [...actions.map(keepSecret), last];
  const placed = before.Order === undefined ? last : { ...last, Order: before.Order };
  return actions.map((action) => (action === before ? placed : keepSecret(action)));
}

/** The API never tells a client secret; sent back without it, the action has to say that it stays as it is. */
function keepSecret(action: Action): Action {
  const config = action.AuthenticateOidcConfig;
  if (config === undefined || config.ClientSecret !== undefined) return action;
  return { ...action, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } };
}

/**
 * The forward action for these weights. It names both groups, always with a weight, also 0: a group that is not named
 * gets no health checks, and other tools turned a missing 0 into 1. Stickiness of the groups is on in a split only.
 */
export function splitAction(groups: AlbTargetGroups, weights: Weights, stickinessSeconds: number | null): Action {
  const vendor = toVendorWeights(weights);
  const isSplit = vendor.blue > 0 && vendor.green > 0;
  return {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: slots.map((slot) => ({ TargetGroupArn: groups[slot], Weight: vendor[slot] })),
      TargetGroupStickinessConfig:
        isSplit && stickinessSeconds !== null
          ? { Enabled: true, DurationSeconds: stickinessSeconds }
          : { Enabled: false },
    },
  };
}

/** The forward action that sends everybody to one slot. */
export function slotAction(groups: AlbTargetGroups, slot: Slot): Action {
  return splitAction(groups, weightsOf(slot, 100), null);
}

export function nobodyAction(): Action {
  return { Type: 'fixed-response', FixedResponseConfig: nobodyAnswer };
}

/** Reads a list of actions back. */
export function readActions(groups: AlbTargetGroups, actions: readonly Action[]): Sends {
  const last = lastAction(actions);
  if (last === null) return { kind: 'foreign', summary: 'no action that ends the rule' };
  if (last.Type === 'fixed-response') {
    const { StatusCode, MessageBody } = last.FixedResponseConfig ?? {};
    const isOurs = MessageBody === nobodyAnswer.MessageBody;
    return isOurs ? { kind: 'nobody' } : { kind: 'foreign', summary: `answers ${StatusCode} itself` };
  }
  return last.Type === 'forward' ? readForward(groups, last) : { kind: 'foreign', summary: 'redirects' };
}

/** An answer may name a single group outside of the list, or in both places. */
function readForward(groups: AlbTargetGroups, action: Action): Sends {
  const listed = action.ForwardConfig?.TargetGroups ?? [];
  const named = listed.length > 0 ? listed : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  const unknown = named.find(({ TargetGroupArn }) => slots.every((slot) => groups[slot] !== TargetGroupArn));
  if (unknown !== undefined) return { kind: 'foreign', summary: `forwards to ${unknown.TargetGroupArn}` };
  const weightOf = (slot: Slot): number | undefined => {
    const found = named.find(({ TargetGroupArn }) => TargetGroupArn === groups[slot]);
    return found === undefined ? undefined : (found.Weight ?? 1);
  };
  const missing = slots.find((slot) => weightOf(slot) === undefined);
  if (missing !== undefined) return { kind: 'alone', slot: otherSlot(missing) };
  const vendor = { blue: weightOf('blue')!, green: weightOf('green')! };
  const weights = fromVendorWeights(vendor);
  if (weights === null) return { kind: 'foreign', summary: `weights ${vendor.blue} and ${vendor.green}` };
  const { Enabled, DurationSeconds } = action.ForwardConfig?.TargetGroupStickinessConfig ?? {};
  return { kind: 'split', weights, stickinessSeconds: Enabled === true ? (DurationSeconds ?? 0) : null };
}

/** What an action list means for a fingerprint: our own part of it and nothing else. */
export function ownPart(actions: readonly Action[]): unknown {
  const last = lastAction(actions);
  if (last === null) return null;
  const { ForwardConfig, TargetGroupArn, FixedResponseConfig, RedirectConfig, Type } = last;
  const named = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];
  const groups = named.map(({ TargetGroupArn: arn, Weight }) => [arn ?? '', Weight ?? 1]).sort();
  const { Enabled, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {};
  const stickiness = Enabled === true ? (DurationSeconds ?? 0) : null;
  if (Type === 'forward') return [Type, groups, stickiness];
  return [Type, FixedResponseConfig?.MessageBody ?? null, RedirectConfig ?? null];
}
