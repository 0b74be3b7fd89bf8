import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type EnvironmentNeeds, type Finding, isBluegreenError, type ReadCall, slots } from '@bluegreen/contract';
import type { EnvironmentSettings } from './environment-settings.js';
import type { AlbCode } from './error-codes.js';
import { fromAws } from './failure.js';
import { finding } from './finding.js';
import { requireSingleAttempts } from './send-writes.js';
import { readTags } from './slot-tags.js';

/** Whether targets can be registered in both groups, and what runs there be read. Changes nothing. */
export async function preflightEnvironment(
  settings: EnvironmentSettings,
  _needs: EnvironmentNeeds,
  { signal }: ReadCall,
): Promise<readonly Finding[]> {
  const { service, clients, targetGroups } = settings;
  try {
    await requireSingleAttempts(clients);
    const arns = slots.map((slot) => targetGroups[slot]);
    const groups = await clients.read
      .send(new DescribeTargetGroupsCommand({ TargetGroupArns: arns }), { abortSignal: signal })
      .then(({ TargetGroups }) => TargetGroups ?? [])
      .catch((error) => {
        throw fromAws(error, { request: 'DescribeTargetGroups', kind: 'read', signal });
      });
    await Promise.all(arns.map((arn) => readTags(clients, arn, signal)));
    return groups.flatMap(({ TargetType, TargetGroupName, HealthCheckEnabled }) => [
      ...(TargetType === 'instance' || TargetType === 'ip'
        ? []
        : [finding(service, 'alb/group-unsupported', `${TargetGroupName}: ${TargetType}`)]),
      ...(HealthCheckEnabled === false ? [finding(service, 'alb/health-check-off', TargetGroupName ?? '')] : []),
    ]);
  } catch (error) {
    if (!isBluegreenError(error) || !error.code.startsWith('alb/') || error.code === 'alb/aborted') throw error;
    return [finding(service, error.code as AlbCode, error.detail)];
  }
}
