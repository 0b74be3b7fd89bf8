import { createHash } from 'node:crypto';
import { DescribeRulesCommand, type Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Audience, type Routing, type Slot, soleSlot } from '@bluegreen/contract';
import { ownPart, readActions, type Sends } from './actions.js';
import { canonical, ruleConditions, sameConditions } from './conditions.js';
import type { AlbCode } from './error-codes.js';
import { fromAws } from './failure.js';
import type { AlbAudience, AlbPlace } from './options.js';
import type { Settings } from './settings.js';

/** The rules of the listeners that this adapter writes to, and what they mean. */
export interface Reading {
  readonly routing: Routing;
  /** Why the routing is `foreign`. */
  readonly fault: { readonly code: AlbCode; readonly detail: string } | null;
  readonly revision: string;
  readonly main: Rule | null;
  readonly preview: Rule | null;
  /** The rule at the priority of each audience, whoever made it. */
  readonly audienceRules: ReadonlyMap<AlbAudience, Rule>;
  /** Every rule of the listener of the service. */
  readonly rules: readonly Rule[];
}

/** More pages than any listener has: 100 rules is the quota. */
const mostPages = 20;

/** Reads all that this adapter owns. A listener that is gone is a routing that is `foreign`, not an error. */
export async function readRouting(settings: Settings, signal: AbortSignal): Promise<Reading> {
  const { place, preview } = settings;
  const isShared = preview === null || preview.listenerArn === place.listenerArn;
  const [rules, others] = await Promise.all([
    rulesOf(settings, place.listenerArn, signal),
    isShared ? null : rulesOf(settings, preview.listenerArn, signal),
  ]);
  const main = findRule(rules, place);
  const previewRule = preview === null ? null : findRule(others ?? rules, preview);
  const audienceRules = new Map<AlbAudience, Rule>();
  for (const audience of settings.audiences) {
    const rule = rules.find(({ Priority }) => Priority === String(audience.priority));
    if (rule !== undefined) audienceRules.set(audience, rule);
  }
  const parts = { main, preview: previewRule, audienceRules };
  const found = interpret(settings, parts);
  return {
    ...parts,
    rules,
    routing: 'code' in found ? { kind: 'foreign', summary: `${found.code}: ${found.detail}` } : found,
    fault: 'code' in found ? found : null,
    revision: fingerprint(parts),
  };
}

async function rulesOf({ clients }: Settings, listenerArn: string, signal: AbortSignal): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  let marker: string | undefined;
  try {
    for (let page = 0; page < mostPages; page += 1) {
      const command = new DescribeRulesCommand({ ListenerArn: listenerArn, ...(marker ? { Marker: marker } : {}) });
      const answer = await clients.read.send(command, { abortSignal: signal });
      rules.push(...(answer.Rules ?? []));
      marker = answer.NextMarker;
      if (marker === undefined || marker === '') break;
    }
  } catch (error) {
    const failure = fromAws(error, { request: 'DescribeRules', kind: 'read', signal });
    if (failure.code === 'alb/not-found') return [];
    throw failure;
  }
  return rules;
}

function findRule(rules: readonly Rule[], { ruleArn }: AlbPlace): Rule | null {
  return rules.find(({ RuleArn, IsDefault }) => (ruleArn === undefined ? IsDefault : RuleArn === ruleArn)) ?? null;
}

type Parts = Pick<Reading, 'main' | 'preview' | 'audienceRules'>;
type Fault = NonNullable<Reading['fault']>;

function interpret(settings: Settings, { main, preview, audienceRules }: Parts): Routing | Fault {
  const { targetGroups } = settings;
  if (main === null) return { code: 'alb/place-missing', detail: settings.place.ruleArn ?? settings.place.listenerArn };
  const previewed = readPreview(settings, preview);
  if (typeof previewed === 'object' && previewed !== null) return previewed;
  const audiences = readAudiences(settings, main, audienceRules);
  if ('code' in audiences) return audiences;
  const sends = readActions(targetGroups, main.Actions ?? []);
  if (sends.kind === 'foreign') return { code: 'alb/routing-foreign', detail: sends.summary };
  if (sends.kind === 'alone') return { code: 'alb/not-attached', detail: `only ${sends.slot} is named` };
  if (sends.kind === 'nobody') return { kind: 'unrouted' };
  const target = {
    weights: sends.weights,
    candidate: null,
    fallback: null,
    preview: previewed,
    audiences,
    cohort: { kind: settings.stickinessSeconds === null ? 'per-request' : 'bound' },
    mirror: null,
  } as const;
  const isSplit = soleSlot(target) === null;
  if (!isSplit && sends.stickinessSeconds !== null) {
    return { code: 'alb/stickiness-left-on', detail: `${sends.stickinessSeconds} s` };
  }
  if (isSplit && (sends.stickinessSeconds === null) !== (settings.stickinessSeconds === null)) {
    const detail = `group stickiness is ${sends.stickinessSeconds === null ? 'off' : 'on'}, and not by this adapter`;
    return { code: 'alb/routing-foreign', detail };
  }
  return { kind: 'split', target };
}

function readPreview(settings: Settings, rule: Rule | null): Slot | null | Fault {
  if (settings.preview === null) return null;
  if (rule === null)
    return { code: 'alb/place-missing', detail: `preview ${settings.preview.ruleArn ?? settings.preview.listenerArn}` };
  const sends = readActions(settings.targetGroups, rule.Actions ?? []);
  if (sends.kind === 'nobody') return null;
  const slot = oneSlot(sends);
  return slot ?? { code: 'alb/preview-foreign', detail: describe(sends) };
}

function readAudiences(settings: Settings, main: Rule, rules: Reading['audienceRules']): readonly Audience[] | Fault {
  const found: Audience[] = [];
  for (const [{ name, match, priority }, rule] of rules) {
    const isOurs = sameConditions(rule.Conditions ?? [], ruleConditions(main.Conditions ?? [], match));
    const slot = oneSlot(readActions(settings.targetGroups, rule.Actions ?? []));
    if (!isOurs || slot === null) return { code: 'alb/audience-foreign', detail: `${name}: priority ${priority}` };
    found.push({ name, match, slot });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The slot that gets everything; `null` when it is not exactly one. */
function oneSlot(sends: Sends): Slot | null {
  if (sends.kind === 'alone') return sends.slot;
  if (sends.kind !== 'split') return null;
  return sends.weights.blue === 100 ? 'blue' : sends.weights.green === 100 ? 'green' : null;
}

function describe(sends: Sends): string {
  return sends.kind === 'foreign' ? sends.summary : 'is split between the slots';
}

/** Of what this adapter writes and of nothing else: other rules, other actions and other services come and go. */
function fingerprint({ main, preview, audienceRules }: Parts): string {
  const owned = [
    main === null ? null : ownPart(main.Actions ?? []),
    preview === null ? null : ownPart(preview.Actions ?? []),
    [...audienceRules].map(([{ name }, { RuleArn, Conditions, Actions }]) => [
      name,
      RuleArn,
      canonical(Conditions ?? []),
      ownPart(Actions ?? []),
    ]),
  ];
  return createHash('sha256').update(JSON.stringify(owned)).digest('hex').slice(0, 24);
}
