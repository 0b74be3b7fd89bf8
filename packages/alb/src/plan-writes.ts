import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Audience, type Slot, slots, type TrafficTarget } from '@bluegreen/contract';
import { nobodyAction, ownPart, slotAction, splitAction, withLastAction } from './actions.js';
import { conditionsProblem, ruleConditions } from './conditions.js';
import { fail } from './failure.js';
import type { AlbAudience, AlbPlace } from './options.js';
import type { Reading } from './reading.js';
import type { Settings } from './settings.js';

/** One request that changes something. */
export type Write =
  | { readonly kind: 'modify'; readonly place: AlbPlace; readonly actions: readonly Action[] }
  | {
      readonly kind: 'create';
      readonly listenerArn: string;
      readonly priority: number;
      readonly conditions: readonly RuleCondition[];
      readonly actions: readonly Action[];
      readonly transforms: NonNullable<Rule['Transforms']>;
    }
  | { readonly kind: 'delete'; readonly ruleArn: string };

/**
 * The requests that turn what was read into the target, in the order in which they are sent; none where all of it is
 * there. Most users first: a rollback takes the crowd back before the few of an audience. An audience goes after the
 * weights, so that its people are on the candidate without a gap when everybody is.
 */
export function planWrites(settings: Settings, reading: Reading, target: TrafficTarget): Write[] {
  const { main, preview } = reading;
  if (main === null) throw fail('alb/place-missing', { detail: reading.fault?.detail ?? '' });
  const { targetGroups, stickinessSeconds, place } = settings;
  return [
    ...change(place, main, splitAction(targetGroups, target.weights, stickinessSeconds)),
    ...settings.audiences.flatMap((audience) => audienceWrites(settings, reading, main, audience, target.audiences)),
    ...(preview === null || settings.preview === null
      ? []
      : change(settings.preview, preview, previewAction(settings, target.preview))),
  ];
}

export function previewAction({ targetGroups }: Settings, slot: Slot | null): Action {
  return slot === null ? nobodyAction() : slotAction(targetGroups, slot);
}

/** The rewritten rule, unless its own part is as it shall be. */
export function change(place: AlbPlace, rule: Rule, last: Action): Write[] {
  const before = rule.Actions ?? [];
  const actions = withLastAction(before, last);
  return sameText(ownPart(before), ownPart(actions)) ? [] : [{ kind: 'modify', place, actions }];
}

function audienceWrites(
  settings: Settings,
  reading: Reading,
  main: Rule,
  audience: AlbAudience,
  wanted: readonly Audience[],
): Write[] {
  const rule = reading.audienceRules.get(audience) ?? null;
  const slot = wanted.find(({ name }) => name === audience.name)?.slot ?? null;
  if (slot === null) return rule === null ? [] : [{ kind: 'delete', ruleArn: rule.RuleArn! }];
  const last = slotAction(settings.targetGroups, slot);
  const { listenerArn } = settings.place;
  if (rule !== null) return change({ listenerArn, ruleArn: rule.RuleArn! }, rule, last);
  const conditions = ruleConditions(main.Conditions ?? [], audience.match);
  const problem = audienceRuleProblem(main, conditions);
  if (problem !== null) throw fail(problem.code, { detail: `${audience.name}: ${problem.detail}` });
  const actions = withLastAction(main.Actions ?? [], last);
  const transforms = main.Transforms ?? [];
  return [{ kind: 'create', listenerArn, priority: audience.priority, conditions, actions, transforms }];
}

/** Why no rule can be made beside this one for an audience. */
export function audienceRuleProblem(
  main: Rule,
  conditions: readonly RuleCondition[],
): { readonly code: 'alb/sign-in-unsupported' | 'alb/audience-unsupported'; readonly detail: string } | null {
  if (main.Actions?.some(({ Type }) => Type === 'authenticate-oidc')) {
    return { code: 'alb/sign-in-unsupported', detail: 'the rule signs users in by OpenID Connect' };
  }
  const problem = conditionsProblem(conditions);
  return problem === null ? null : { code: 'alb/audience-unsupported', detail: problem };
}

/** The slots that get more users by this target than they have now. */
export function raisedSlots({ routing }: Reading, target: TrafficTarget): Slot[] {
  const before = routing.kind === 'split' ? routing.target : null;
  return slots.filter((slot) => {
    if (target.weights[slot] > (before?.weights[slot] ?? 0)) return true;
    return target.audiences.some(
      ({ name, slot: to }) => to === slot && before?.audiences.find((each) => each.name === name)?.slot !== slot,
    );
  });
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
