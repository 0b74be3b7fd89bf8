import { type Slot, slots } from '@bluegreen/contract';
import { readName } from './cluster.js';
import { type CommonOptions, type CommonSettings, readCommon } from './common-options.js';
import type { DeploymentSpec } from './deployment-object.js';
import { fail } from './failure.js';

/** What decides the image of a slot. */
export interface ImageRequest {
  readonly version: string;
  readonly slot: Slot;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A Deployment as you would write it, without name, slot and image. */
export interface DeploymentTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Omit<DeploymentSpec, 'selector' | 'replicas' | 'paused'> & {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}

export interface WorkerOptions {
  readonly deployments: Readonly<Record<Slot, string>>;
  /** Pods while they work; idle ones have none. */
  readonly replicas: number;
  /** The container that gets the image of the release. Default: the only one. */
  readonly container?: string;
}

/** Everything that `deploymentEnvironment` is told. */
export interface DeploymentEnvironmentOptions extends CommonOptions {
  /** The Deployment of each slot. */
  readonly deployments: Readonly<Record<Slot, string>>;
  /** The image of a version, as in `({ version }) => 'registry.example/web:' + version`. */
  readonly image: (request: ImageRequest) => string;
  /** The container that gets the image. Default: the only one. */
  readonly container?: string;
  /** Both Deployments are made from it, and kept like it. Without it they must exist. */
  readonly template?: DeploymentTemplate;
  /** Deployments of queue consumers and the like, which run in one slot at a time. */
  readonly workers?: WorkerOptions;
  /** The HorizontalPodAutoscaler of each slot, so that it can be frozen. */
  readonly autoscalers?: Readonly<Record<Slot, string>>;
  /** Where a slot answers, for the checks of a release: most often a Service per slot. */
  readonly url?: (slot: Slot) => string;
}

export interface DeploymentSettings extends CommonSettings {
  readonly deployments: Readonly<Record<Slot, string>>;
  readonly image: (request: ImageRequest) => string;
  readonly container: string | null;
  readonly template: DeploymentTemplate | null;
  readonly workers: (Omit<WorkerOptions, 'container'> & { readonly container: string | null }) | null;
  readonly autoscalers: Readonly<Record<Slot, string>> | null;
  readonly url: ((slot: Slot) => string) | null;
}

/** Writes the replicas of what an autoscaler or `kubectl scale` scaled. */
const scaler = 'kube-controller-manager';

/** @throws `kubernetes/options-invalid` with the option and the reason */
export function readDeploymentOptions(options: DeploymentEnvironmentOptions): DeploymentSettings {
  const { image, container = null, template = null, url = null } = options;
  if (typeof image !== 'function') throw fail('kubernetes/options-invalid', { detail: 'image is no function' });
  const common = readCommon(options);
  const { manager } = common;
  return {
    ...common,
    manager: { ...manager, overrule: [...manager.overrule, scaler] },
    deployments: readPair('deployments', options.deployments),
    image,
    container,
    template: template === null ? null : readTemplate(template, common.slotLabel),
    workers: options.workers === undefined ? null : readWorkers(options.workers),
    autoscalers: options.autoscalers === undefined ? null : readPair('autoscalers', options.autoscalers),
    url,
  };
}

function readPair(option: string, names: Readonly<Record<Slot, string>>): Readonly<Record<Slot, string>> {
  for (const slot of slots) readName(`${option}.${slot}`, names[slot]);
  if (names.blue === names.green)
    throw fail('kubernetes/options-invalid', { detail: `${option}: both are ${names.blue}` });
  return names;
}

function readWorkers({ deployments, replicas, container }: WorkerOptions): DeploymentSettings['workers'] {
  if (!Number.isInteger(replicas) || replicas < 1) {
    throw fail('kubernetes/options-invalid', { detail: `workers.replicas: ${replicas}` });
  }
  return { deployments: readPair('workers.deployments', deployments), replicas, container: container ?? null };
}

function readTemplate(template: DeploymentTemplate, slotLabel: string): DeploymentTemplate {
  const labels = template.spec.selector?.matchLabels ?? {};
  const podLabels = template.spec.template?.metadata?.labels ?? {};
  const lost = Object.entries(labels).find(([label, value]) => podLabels[label] !== value);
  if (Object.keys(labels).length === 0) {
    throw fail('kubernetes/options-invalid', { detail: 'template.spec.selector.matchLabels is empty' });
  }
  if (lost !== undefined) throw fail('kubernetes/options-invalid', { detail: `template: its pods lack ${lost[0]}` });
  if (slotLabel in labels)
    throw fail('kubernetes/options-invalid', { detail: `template: ${slotLabel} is set by slot` });
  return template;
}
