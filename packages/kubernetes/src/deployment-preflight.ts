import {
  type EnvironmentNeeds,
  type Finding,
  isBluegreenError,
  type ReadCall,
  type Slot,
  slots,
} from '@bluegreen/contract';
import { accessFindings, type Right, readVerbs } from './access.js';
import { dryRun } from './apply.js';
import { readAutoscaler } from './autoscaler.js';
import type { Reading } from './collection.js';
import { containerOf, intentOf } from './deployment-intent.js';
import type { DeploymentObject } from './deployment-object.js';
import { readDeployment } from './deployment-observe.js';
import type { DeploymentSettings } from './deployment-options.js';
import type { KubernetesCode } from './failure.js';
import { finding } from './finding.js';
import { specDifferences } from './parity.js';
import { firstMark, markOf } from './stamp.js';

/** What this adapter does to the cluster, and nothing more. */
export function deploymentRights({
  deployments,
  workers,
  autoscalers,
  template,
}: DeploymentSettings): readonly Right[] {
  const names = [deployments, workers?.deployments].flatMap((pair) =>
    pair === undefined ? [] : [pair.blue, pair.green],
  );
  return [
    { group: 'apps', resource: 'deployments', verbs: readVerbs },
    { group: 'apps', resource: 'deployments', verbs: ['patch'], names },
    // A name cannot be asked for before the object exists.
    ...(template === null ? [] : [{ group: 'apps', resource: 'deployments', verbs: ['create'] }]),
    { group: '', resource: 'pods', verbs: readVerbs },
    ...(autoscalers === null
      ? []
      : [
          { group: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: readVerbs },
          {
            group: 'autoscaling',
            resource: 'horizontalpodautoscalers',
            verbs: ['patch'],
            names: [autoscalers.blue, autoscalers.green],
          },
        ]),
  ];
}

/** Everything about these Deployments and rights that would make a release go wrong. Changes nothing. */
export async function preflightDeployments(
  settings: DeploymentSettings,
  needs: EnvironmentNeeds,
  { signal }: ReadCall,
): Promise<readonly Finding[]> {
  const { cluster, namespace } = settings;
  const access = await accessFindings(cluster, namespace, deploymentRights(settings), signal);
  if (access.length > 0) return access;
  const reading: Reading = { signal, fresh: false };
  const objects: DeploymentObject[] = [];
  const found: Finding[] = [];
  for (const slot of slots) {
    const name = settings.deployments[slot];
    const object = await readDeployment(settings, name, reading);
    if (object !== null) objects.push(object);
    found.push(...(object === null ? missingFindings(settings, name) : objectFindings(settings, slot, object)));
    found.push(...(await ownerFindings(settings, needs, slot, object, signal)));
    found.push(...(await autoscalerFindings(settings, needs, slot, objects, reading)));
    if (settings.workers === null) continue;
    const worker = settings.workers.deployments[slot];
    if ((await readDeployment(settings, worker, reading)) === null)
      found.push(finding('kubernetes/slot-missing', worker));
  }
  return [...found, ...parityFindings(settings, objects)];
}

function missingFindings({ template }: DeploymentSettings, name: string): Finding[] {
  return template === null ? [finding('kubernetes/slot-missing', `deployments/${name}`)] : [];
}

function objectFindings(settings: DeploymentSettings, slot: Slot, { metadata, spec }: DeploymentObject): Finding[] {
  const { slotLabel } = settings;
  const found: Finding[] = [];
  const unsuitable = (what: string) =>
    found.push(finding('kubernetes/deployment-unsuitable', `${metadata.name} ${what}`));
  if (spec.paused === true) unsuitable('is paused');
  if (spec.selector.matchLabels?.[slotLabel] !== slot) unsuitable(`does not select ${slotLabel}=${slot}`);
  if (spec.template.metadata?.labels?.[slotLabel] !== slot) unsuitable(`makes pods without ${slotLabel}=${slot}`);
  const container = containerOf(spec, settings.container);
  if (container === null) unsuitable(`has no container ${settings.container ?? 'alone: name one with `container`'}`);
  else if (container.lifecycle?.preStop === undefined) {
    found.push(finding('kubernetes/no-farewell', `${metadata.name}, container ${container.name}`, 'warn'));
  }
  return found;
}

/** The write of a release, not carried out: who else holds image and replicas, and what admission thinks. */
async function ownerFindings(
  settings: DeploymentSettings,
  { version }: EnvironmentNeeds,
  slot: Slot,
  object: DeploymentObject | null,
  signal: AbortSignal,
): Promise<Finding[]> {
  const name = settings.deployments[slot];
  if (object === null && settings.template === null) return [];
  const { container } = settings;
  const wish = {
    name,
    slot,
    container,
    object,
    replicas: (object?.spec.replicas ?? 0) + 1,
    mark: markOf(object) ?? firstMark,
  };
  try {
    const intent = intentOf(settings, { ...wish, release: { id: 'preflight', version } });
    const deployments = settings.cluster.objects<DeploymentObject>('deployments', settings.namespace);
    const refused = await dryRun(deployments, intent, settings.manager, signal);
    return refused === null ? [] : [finding(refused.code as KubernetesCode, `${name}: ${refused.detail ?? ''}`)];
  } catch (error) {
    // A Deployment without the container was found above.
    if (isBluegreenError(error) && error.code === 'kubernetes/deployment-unsuitable') return [];
    throw error;
  }
}

/** An idle candidate has no load: its autoscaler goes down to its minimum before users come. */
async function autoscalerFindings(
  settings: DeploymentSettings,
  { atLeast }: EnvironmentNeeds,
  slot: Slot,
  objects: readonly DeploymentObject[],
  reading: Reading,
): Promise<Finding[]> {
  if (settings.autoscalers === null) return [];
  const name = settings.autoscalers[slot];
  const autoscaler = await readAutoscaler(settings, slot, reading);
  if (autoscaler === null) return [finding('kubernetes/autoscaler-missing', name)];
  const owner = autoscaler.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner !== undefined) return [finding('kubernetes/autoscaler-owned', `${name}: ${owner.kind} ${owner.name}`)];
  const needed = atLeast === 'match-active' ? Math.max(1, ...objects.map(({ spec }) => spec.replicas ?? 1)) : atLeast;
  const least = autoscaler.spec?.minReplicas ?? 1;
  if (least >= needed) return [];
  return [finding('kubernetes/autoscaler-shrinks', `${name}: minReplicas ${least}, needed ${needed}`, 'warn')];
}

function parityFindings(settings: DeploymentSettings, objects: readonly DeploymentObject[]): Finding[] {
  if (objects.length < 2 || settings.template !== null) return [];
  const paths = specDifferences(objects[0]!, objects[1]!, settings);
  return paths.length === 0 ? [] : [finding('kubernetes/slots-differ', paths.slice(0, 5).join(', '), 'warn')];
}
