import { durationMs, type Slot } from '@bluegreen/contract';
import type { AlbClients } from './clients.js';
import { audienceProblem } from './conditions.js';
import { fail } from './failure.js';
import type { AlbAudience, AlbPlace, AlbTargetGroups, AlbTrafficOptions } from './options.js';
import { type ProbeSettings, readProbe } from './probe-settings.js';

/** The options with every default filled in and every value checked. */
export interface Settings {
  readonly service: string;
  readonly clients: AlbClients;
  readonly place: AlbPlace;
  readonly targetGroups: AlbTargetGroups;
  readonly preview: AlbPlace | null;
  readonly audiences: readonly AlbAudience[];
  readonly attachPriority: number | null;
  readonly stickinessSeconds: number | null;
  readonly propagationMs: number;
  readonly lateWriteMs: number;
  readonly longestRequestMs: number;
  readonly probe: ProbeSettings | null;
}

const dayMs = 86_400_000;

/** Checks the options. @throws `alb/options-invalid` with the option and the reason. */
export function readOptions(options: AlbTrafficOptions): Settings {
  const place = readPlace('place', options.place);
  const preview = options.preview === undefined ? null : readPlace('preview', options.preview);
  if (preview !== null && preview.listenerArn === place.listenerArn && preview.ruleArn === place.ruleArn) {
    refuse('preview', 'is the place of the service itself');
  }
  const audiences = options.audiences ?? [];
  const attachPriority = options.attachPriority ?? null;
  checkPriorities([...audiences.map(({ priority }) => priority), ...(attachPriority === null ? [] : [attachPriority])]);
  audiences.forEach(({ name, match }, index) => {
    const problem = audienceProblem(match);
    if (problem !== null) refuse(`audiences.${name}`, problem);
    if (audiences.findIndex((each) => each.name === name) !== index) refuse('audiences', `${name} is there twice`);
  });
  return {
    service: readService(options.service),
    clients: options.clients,
    place,
    targetGroups: readTargetGroups(options.targetGroups),
    preview,
    audiences,
    attachPriority,
    stickinessSeconds: readStickiness(options.stickiness),
    propagationMs: durationMs(options.propagation ?? '30s', 'propagation'),
    lateWriteMs: durationMs(options.lateWrite ?? '60s', 'lateWrite'),
    longestRequestMs: durationMs(options.longestRequest ?? '60s', 'longestRequest'),
    probe: options.probe === undefined ? null : readProbe(options.probe),
  };
}

export function readService(service: string): string {
  return service === '' ? refuse('service', 'is empty') : service;
}

export function readTargetGroups(given: AlbTargetGroups): AlbTargetGroups {
  const { blue, green } = given;
  for (const [slot, arn] of Object.entries({ blue, green })) {
    if (!isArn(arn, 'targetgroup'))
      refuse(`targetGroups.${slot}`, `${JSON.stringify(arn)} is no ARN of a target group`);
  }
  return blue === green ? refuse('targetGroups', 'blue and green are the same group') : { blue, green };
}

/** The provider object whose writes are ordered: two services on one listener have rules of their own. */
export function resourceOf({ place }: Settings): string {
  return `alb:${place.ruleArn ?? place.listenerArn}`;
}

export function groupOf({ targetGroups }: Pick<Settings, 'targetGroups'>, slot: Slot): string {
  return targetGroups[slot];
}

function readPlace(option: string, { listenerArn, ruleArn }: AlbPlace): AlbPlace {
  if (!isArn(listenerArn, 'listener/app'))
    refuse(`${option}.listenerArn`, `${JSON.stringify(listenerArn)} is no ARN of an ALB's listener`);
  if (ruleArn === undefined) return { listenerArn };
  if (!isArn(ruleArn, 'listener-rule/app'))
    refuse(`${option}.ruleArn`, `${JSON.stringify(ruleArn)} is no ARN of a rule`);
  // A rule's ARN goes on from its listener's.
  if (!ruleArn.startsWith(`${listenerArn.replace(':listener/', ':listener-rule/')}/`)) {
    refuse(`${option}.ruleArn`, 'is a rule of another listener');
  }
  return { listenerArn, ruleArn };
}

function isArn(value: unknown, kind: string): boolean {
  return (
    typeof value === 'string' &&
    new RegExp(`^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]*:\\d*:${kind}/\\S+$`).test(value)
  );
}

function checkPriorities(priorities: readonly number[]): void {
  for (const priority of priorities) {
    if (!Number.isInteger(priority) || priority < 1 || priority > 50_000)
      refuse('priority', `${priority} is not 1 to 50,000`);
  }
  if (new Set(priorities).size < priorities.length) refuse('priority', 'two rules would share one');
}

function readStickiness(given: string | undefined): number | null {
  if (given === undefined) return null;
  const ms = durationMs(given, 'stickiness');
  if (ms % 1_000 !== 0 || ms < 1_000 || ms > 7 * dayMs)
    refuse('stickiness', `${given} is not 1 s to 7 d in whole seconds`);
  return ms / 1_000;
}

function refuse(option: string, why: string): never {
  throw fail('alb/options-invalid', { detail: `${option}: ${why}` });
}
