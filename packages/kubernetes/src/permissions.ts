import type { Right } from './access.js';
import { readName } from './cluster.js';

export interface PermissionOptions {
  /** The namespace in which the adapters work. */
  readonly namespace: string;
  /** The service account that the process runs as. */
  readonly account: { readonly name: string; readonly namespace?: string };
  /** Everything that this process releases there. */
  readonly adapters: readonly { readonly rights: readonly Right[] }[];
  /** Name of both objects. Default `bluegreen`. */
  readonly name?: string;
}

/** A Role and its binding, as the API takes them. */
export interface PermissionManifest {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'Role' | 'RoleBinding';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly [field: string]: unknown;
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * The least that these adapters must be allowed: a Role without wildcards, changes narrowed to the objects by name, and
 * its binding. Print them with `JSON.stringify` for `kubectl apply -f -`: JSON is YAML.
 *
 * @throws `kubernetes/options-invalid` for something that is no name
 */
export function permissions(options: PermissionOptions): readonly PermissionManifest[] {
  const name = readName('name', options.name ?? 'bluegreen');
  const namespace = readName('namespace', options.namespace);
  const account = {
    kind: 'ServiceAccount',
    name: readName('account.name', options.account.name),
    namespace: readName('account.namespace', options.account.namespace ?? namespace),
  };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  return [
    { apiVersion, kind: 'Role', metadata: { name, namespace }, rules: rulesOf(options.adapters) },
    { apiVersion, kind: 'RoleBinding', metadata: { name, namespace }, roleRef, subjects: [account] },
  ];
}

/** One rule for each kind and set of verbs; names of several adapters stand in one. */
function rulesOf(adapters: PermissionOptions['adapters']): readonly PolicyRule[] {
  const merged = new Map<string, { right: Right; names: Set<string> }>();
  for (const right of adapters.flatMap(({ rights }) => rights)) {
    const key = JSON.stringify([right.group, right.resource, right.verbs, right.names === undefined]);
    const known = merged.get(key) ?? { right, names: new Set<string>() };
    for (const each of right.names ?? []) known.names.add(each);
    merged.set(key, known);
  }
  return [...merged.values()].map(({ right: { group, resource, verbs, names }, names: all }) => ({
    apiGroups: [group],
    resources: [resource],
    ...(names === undefined ? {} : { resourceNames: [...all].sort() }),
    verbs,
  }));
}
