import { fail } from '@bluegreen/contract';
import type { Service } from './adapter-performer.js';

/**
 * What each of the named services waits for in a release of these services. A dependency that is not released with it
 * serves already, and is not waited for.
 *
 * @throws `release/dependency-unknown`, `release/dependency-cycle`
 */
export function dependenciesOf(
  services: Readonly<Record<string, Service>>,
  names: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const name of names) {
    const { dependsOn = [] } = services[name]!;
    const unknown = dependsOn.find((provider) => services[provider] === undefined);
    if (unknown !== undefined) throw fail('release/dependency-unknown', { detail: `${name} depends on ${unknown}` });
    found[name] = [...new Set(dependsOn)].filter((provider) => names.includes(provider)).sort();
  }
  const cleared = new Set<string>();
  for (const name of names) {
    const circle = circleFrom(found, name, [], cleared);
    if (circle !== null) throw fail('release/dependency-cycle', { detail: circle.join(' -> ') });
  }
  return found;
}

function circleFrom(
  dependencies: Readonly<Record<string, readonly string[]>>,
  name: string,
  path: readonly string[],
  cleared: Set<string>,
): readonly string[] | null {
  if (cleared.has(name)) return null;
  const seenAt = path.indexOf(name);
  if (seenAt >= 0) return [...path.slice(seenAt), name];
  for (const provider of dependencies[name]!) {
    const circle = circleFrom(dependencies, provider, [...path, name], cleared);
    if (circle !== null) return circle;
  }
  cleared.add(name);
  return null;
}
