import type { Deployment, Slot } from '@bluegreen/contract';
import type { Intent } from './apply.js';
import type { Container, DeploymentObject, DeploymentSpec } from './deployment-object.js';
import type { DeploymentSettings } from './deployment-options.js';
import { fail } from './failure.js';
import { type Mark, prefix, printMark } from './stamp.js';

/** On the pods: another release has other pods, also with the same image. */
export const releaseName = `${prefix}release`;
const deployedName = `${prefix}deployed`;

/** What was deployed last, kept beside the stamp. */
export interface Deployed {
  readonly release: string;
  readonly version: string;
  readonly image: string;
}

/** What this adapter deployed; `null` when it did not, or when somebody else put another image there since. */
export function deployedOf(object: DeploymentObject, container: string | null): Deployed | null {
  try {
    const deployed = JSON.parse(object.metadata.annotations?.[deployedName] ?? 'null') as Deployed | null;
    const isSame =
      deployed !== null &&
      object.spec.template.metadata?.annotations?.[releaseName] === deployed.release &&
      containerOf(object.spec, container)?.image === deployed.image;
    return isSame ? deployed : null;
  } catch {
    return null;
  }
}

/** The container that carries the version: the one of that name, or the only one. */
export function containerOf({ template }: Pick<DeploymentSpec, 'template'>, name: string | null): Container | null {
  const containers = template.spec?.containers ?? [];
  if (name === null) return containers.length === 1 ? containers[0]! : null;
  return containers.find((container) => container.name === name) ?? null;
}

/** One Deployment as it shall be. */
export interface Wish {
  readonly name: string;
  readonly slot: Slot;
  readonly container: string | null;
  /** As it is now; `null`: it does not exist. */
  readonly object: DeploymentObject | null;
  readonly replicas: number;
  /** `null`: keep what is there. */
  readonly release: Deployment | null;
  readonly mark: Mark;
}

/**
 * Everything that we own of one Deployment, changed or not: what an apply leaves out, it gives up.
 *
 * @throws `kubernetes/slot-missing` without a Deployment and without a template to make it from
 */
export function intentOf(settings: DeploymentSettings, wish: Wish): Intent {
  const { namespace } = settings;
  const { name, object, replicas, mark } = wish;
  const base = templateSpec(settings, wish) ?? object?.spec ?? null;
  if (base === null) throw fail('kubernetes/slot-missing', { detail: `deployments/${name}` });
  const container = containerOf(base, wish.container);
  if (container === null) {
    throw fail('kubernetes/deployment-unsuitable', { detail: `${name} has no container ${wish.container ?? 'alone'}` });
  }
  const deployed = toDeploy(settings, wish);
  const image = deployed?.image ?? containerOf(object?.spec ?? base, wish.container)?.image ?? container.image;
  const release = deployed?.release ?? object?.spec.template.metadata?.annotations?.[releaseName];
  const kept = object?.metadata.annotations?.[deployedName];
  const note = deployed === null ? kept : JSON.stringify(deployed);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      ...(object === null ? {} : { resourceVersion: object.metadata.resourceVersion }),
      ...(settings.template?.metadata?.labels === undefined ? {} : { labels: settings.template.metadata.labels }),
      annotations: { ...printMark(mark), ...(note === undefined ? {} : { [deployedName]: note }) },
    },
    spec: specOf(settings, wish, {
      replicas,
      container: { name: container.name, ...(image === undefined ? {} : { image }) },
      release,
    }),
  };
}

function toDeploy(settings: DeploymentSettings, { release, slot }: Wish): Deployed | null {
  if (release === null) return null;
  const { id, version, parameters = {} } = release;
  return { release: id, version, image: settings.image({ version, slot, parameters }) };
}

interface Parts {
  readonly replicas: number;
  readonly container: Partial<Container>;
  readonly release: string | undefined;
}

function specOf(settings: DeploymentSettings, wish: Wish, { replicas, container, release }: Parts): unknown {
  const annotations = release === undefined ? {} : { annotations: { [releaseName]: release } };
  const whole = templateSpec(settings, wish);
  if (whole === null) return { replicas, template: { metadata: annotations, spec: { containers: [container] } } };
  const { metadata, spec } = whole.template;
  const containers = spec!.containers.map((each) => (each.name === container.name ? { ...each, ...container } : each));
  const all = { ...metadata?.annotations, ...annotations.annotations };
  return {
    ...whole,
    replicas,
    template: { ...whole.template, metadata: { ...metadata, annotations: all }, spec: { ...spec, containers } },
  };
}

/** The template with the slot in it; `null` without one, and for workers, which have none. */
function templateSpec({ template, slotLabel, deployments }: DeploymentSettings, wish: Wish): DeploymentSpec | null {
  if (template === null || deployments[wish.slot] !== wish.name) return null;
  const { spec } = template;
  const own = { [slotLabel]: wish.slot };
  return {
    ...spec,
    selector: { matchLabels: { ...spec.selector.matchLabels, ...own } },
    template: {
      ...spec.template,
      metadata: { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...own } },
    },
  };
}
