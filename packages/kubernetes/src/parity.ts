import { createHash } from 'node:crypto';
import { releaseName } from './deployment-intent.js';
import type { DeploymentObject } from './deployment-object.js';

/** What two slots may differ in: who they are, which version they run, and how many. */
interface Exempt {
  readonly slotLabel: string;
  readonly container: string | null;
}

/** The spec without what may differ, as sorted paths and values. */
function comparable({ spec }: DeploymentObject, { slotLabel, container }: Exempt): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (isExempt(path)) return;
    if (typeof value !== 'object' || value === null) {
      if (value !== undefined) found.set(path, JSON.stringify(value));
    } else if (Array.isArray(value)) {
      value.forEach((each, index) => {
        const name = (each as { name?: unknown } | null)?.name;
        visit(each, `${path}[${typeof name === 'string' ? name : index}]`);
      });
    } else {
      for (const [key, each] of Object.entries(value)) visit(each, `${path}.${key}`);
    }
  };
  const only = spec.template.spec?.containers.length === 1 ? spec.template.spec.containers[0]!.name : null;
  const image = `spec.template.spec.containers[${container ?? only}].image`;
  const labels = ['spec.selector.matchLabels', 'spec.template.metadata.labels'].map((path) => `${path}.${slotLabel}`);
  const annotations = ['kubectl.kubernetes.io/restartedAt', releaseName];
  const exempt = new Set([
    'spec.replicas',
    'spec.paused',
    image,
    ...labels,
    ...annotations.map((name) => `spec.template.metadata.annotations.${name}`),
  ]);
  const isExempt = (path: string): boolean => exempt.has(path);
  visit(spec, 'spec');
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Equal for two slots that differ in nothing but slot, version and size. */
export function specFingerprint(object: DeploymentObject, exempt: Exempt): string {
  const text = JSON.stringify([...comparable(object, exempt)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The paths in which two slots differ and should not. */
export function specDifferences(a: DeploymentObject, b: DeploymentObject, exempt: Exempt): readonly string[] {
  const [left, right] = [comparable(a, exempt), comparable(b, exempt)];
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths].filter((path) => left.get(path) !== right.get(path)).sort();
}
