import {
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type Finding,
  isBluegreenError,
  type ReadCall,
  type Slot,
  slots,
  soleSlot,
  type TrafficNeeds,
} from '@bluegreen/contract';
import { cohortOf, isDeclared } from './check-target.js';
import { ruleConditions } from './conditions.js';
import type { AlbCode } from './error-codes.js';
import { fromAws } from './failure.js';
import { finding } from './finding.js';
import { readGroup } from './health.js';
import { audienceRuleProblem } from './plan-writes.js';
import { type Reading, readRouting } from './reading.js';
import { requireSingleAttempts } from './send-writes.js';
import type { Settings } from './settings.js';

/** Everything about this load balancer and these options that would make a release go wrong. Changes nothing. */
export async function preflight(settings: Settings, needs: TrafficNeeds, call: ReadCall): Promise<readonly Finding[]> {
  const parts = [
    async () => needFindings(settings, needs),
    async () => clientFindings(settings),
    async () => routingFindings(settings, needs, await readRouting(settings, call.signal)),
    () => groupFindings(settings, call.signal),
    () => healthFindings(settings, call.signal),
    () => ownerFindings(settings, call.signal),
  ];
  const found: Finding[] = [];
  for (const part of parts) {
    try {
      found.push(...(await part()));
    } catch (error) {
      if (!isBluegreenError(error) || !error.code.startsWith('alb/') || error.code === 'alb/aborted') throw error;
      found.push(finding(settings.service, error.code as AlbCode, error.detail));
    }
  }
  return found.filter(
    ({ code, message }, index) => found.findIndex((one) => one.code === code && one.message === message) === index,
  );
}

function needFindings(settings: Settings, needs: TrafficNeeds): Finding[] {
  const { service } = settings;
  const undeclared = needs.audiences.filter((audience) => !isDeclared(settings, audience));
  return [
    ...undeclared.map(({ name }) => finding(service, 'alb/audience-undeclared', name)),
    ...(needs.cohort === cohortOf(settings) ? [] : [finding(service, 'alb/cohort-unsupported', needs.cohort)]),
    ...(needs.preview && settings.preview === null ? [finding(service, 'alb/preview-not-configured')] : []),
    ...(needs.mirror ? [finding(service, 'alb/mirror-unsupported')] : []),
  ];
}

async function clientFindings({ clients }: Settings): Promise<Finding[]> {
  await requireSingleAttempts(clients);
  return [];
}

function routingFindings(settings: Settings, needs: TrafficNeeds, reading: Reading): Finding[] {
  const { service } = settings;
  const { main, fault, routing } = reading;
  const found = fault === null ? [] : [finding(service, fault.code, fault.detail)];
  if (routing.kind === 'split' && soleSlot(routing.target) === null)
    found.push(finding(service, 'alb/split-at-start', '', 'warn'));
  if (main === null) return found;
  for (const audience of settings.audiences.filter(({ name }) => needs.audiences.some((each) => each.name === name))) {
    const problem = audienceRuleProblem(main, ruleConditions(main.Conditions ?? [], audience.match));
    if (problem !== null) found.push(finding(service, problem.code, `${audience.name}: ${problem.detail}`));
    const mine = Number(main.Priority);
    if (mine <= audience.priority) {
      const detail = `${audience.name}: priority ${audience.priority} comes after the ${mine} of the service`;
      found.push(finding(service, 'alb/options-invalid', detail));
    }
  }
  return found;
}

async function groupFindings(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  const { service, clients, targetGroups } = settings;
  const asked = { kind: 'read', signal } as const;
  const arns = slots.map((slot) => targetGroups[slot]);
  const groups = await clients.read
    .send(new DescribeTargetGroupsCommand({ TargetGroupArns: arns }), { abortSignal: signal })
    .then(({ TargetGroups }) => TargetGroups ?? [])
    .catch((error) => {
      throw fromAws(error, { ...asked, request: 'DescribeTargetGroups' });
    });
  const [blue, green] = arns.map((arn) => groups.find(({ TargetGroupArn }) => TargetGroupArn === arn));
  if (blue === undefined || green === undefined) return [finding(service, 'alb/not-found', 'a target group')];
  const attributes = await Promise.all(
    slots.map(async (slot) => {
      const command = new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroups[slot] });
      const { Attributes } = await clients.read.send(command, { abortSignal: signal }).catch((error) => {
        throw fromAws(error, { ...asked, request: 'DescribeTargetGroupAttributes' });
      });
      return new Map((Attributes ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
    }),
  );
  return [
    ...differences(blue, green).map((detail) => finding(service, 'alb/groups-differ', detail, 'warn')),
    ...slots.flatMap((slot, index) => attributeFindings(settings, slot, attributes[index]!)),
    ...[blue, green].flatMap(({ HealthCheckEnabled, TargetGroupName }) =>
      HealthCheckEnabled === false ? [finding(service, 'alb/health-check-off', TargetGroupName ?? '')] : [],
    ),
  ];
}

function differences(blue: TargetGroup, green: TargetGroup): string[] {
  const alike = [
    'Protocol',
    'ProtocolVersion',
    'TargetType',
    'VpcId',
    'HealthCheckPath',
    'HealthCheckProtocol',
  ] as const;
  return alike
    .filter((key) => blue[key] !== green[key])
    .map((key) => `${key}: blue has ${blue[key]}, green has ${green[key]}`);
}

function attributeFindings(settings: Settings, slot: Slot, attributes: ReadonlyMap<string, string>): Finding[] {
  const { service, stickinessSeconds } = settings;
  const isSticky = attributes.get('stickiness.enabled') === 'true';
  const slowSeconds = Number(attributes.get('slow_start.duration_seconds') ?? 0);
  return [
    ...(isSticky && attributes.get('stickiness.type') === 'app_cookie'
      ? [finding(service, 'alb/cookie-unsupported', slot)]
      : []),
    ...(isSticky && stickinessSeconds === null ? [finding(service, 'alb/stickiness-needed', slot)] : []),
    ...(slowSeconds > 0 ? [finding(service, 'alb/slow-start', `${slot}: ${slowSeconds} s`, 'note')] : []),
  ];
}

/** Only whether it can be read: how it is, is read again and again during the release. */
async function healthFindings({ service, clients, targetGroups }: Settings, signal: AbortSignal): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const slot of slots) {
    try {
      await readGroup(clients, targetGroups[slot], signal);
    } catch (error) {
      if (!isBluegreenError(error) || error.code !== 'alb/health-unknown') throw error;
      found.push(finding(service, 'alb/health-unknown', error.detail, 'warn'));
    }
  }
  return found;
}

/** Tags that controllers put on what they write, and how hard they hold it. */
const owners: readonly { readonly tag: string; readonly owner: string; readonly severity: 'refuse' | 'warn' }[] = [
  { tag: 'ingress.k8s.aws/stack', owner: 'the AWS Load Balancer Controller', severity: 'refuse' },
  { tag: 'service.k8s.aws/stack', owner: 'the AWS Load Balancer Controller', severity: 'refuse' },
  { tag: 'AmazonECSManaged', owner: 'Amazon ECS', severity: 'refuse' },
  { tag: 'aws:cloudformation:stack-name', owner: 'a CloudFormation stack, which reverts weights', severity: 'warn' },
];

async function ownerFindings(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  const { place, clients, service } = settings;
  const arns = [place.ruleArn ?? place.listenerArn];
  const { TagDescriptions } = await clients.read
    .send(new DescribeTagsCommand({ ResourceArns: arns }), { abortSignal: signal })
    .catch((error) => {
      throw fromAws(error, { request: 'DescribeTags', kind: 'read', signal });
    });
  const tags = new Set((TagDescriptions ?? []).flatMap(({ Tags }) => (Tags ?? []).map(({ Key }) => Key)));
  return owners
    .filter(({ tag }) => tags.has(tag))
    .map(({ owner, severity }) => finding(service, 'alb/managed-elsewhere', owner, severity));
}
