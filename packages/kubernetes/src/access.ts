import type { Finding } from '@bluegreen/contract';
import type { KubernetesCluster } from './cluster.js';
import { finding } from './finding.js';

/** Rights on one kind of object in one namespace, as a Role has them. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** The objects that are changed; absent: all. Reads by list can't be narrowed. */
  readonly names?: readonly string[];
}

/** What routers and environments look at. */
export const readVerbs: readonly string[] = ['get', 'list', 'watch'];

interface RulesReview {
  readonly status?: { readonly incomplete?: boolean; readonly resourceRules?: readonly Rule[] };
}

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What this account lacks. One question for all of it; each doubtful right is asked for once more by itself. */
export async function accessFindings(
  cluster: KubernetesCluster,
  namespace: string,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const review = await cluster.once(`rules ${namespace}`, () =>
    ask<RulesReview>(cluster, 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace }, signal),
  );
  const rules = review.status?.resourceRules ?? [];
  const missing: string[] = [];
  for (const { group, resource, verbs, names = [''] } of rights) {
    for (const verb of verbs) {
      for (const name of names) {
        if (rules.some((rule) => allows(rule, group, resource, verb, name))) continue;
        if (await isAllowed(cluster, namespace, { group, resource, verb, name }, signal)) continue;
        missing.push(`${verb} ${resource}${name === '' ? '' : `/${name}`}`);
      }
    }
  }
  return missing.map((detail) => finding('kubernetes/forbidden', detail));
}

function allows(rule: Rule, group: string, resource: string, verb: string, name: string): boolean {
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list !== undefined && (list.includes(value) || list.includes('*'));
  const isNamed =
    rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(name);
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && has(rule.resources, resource) && isNamed;
}

async function isAllowed(
  cluster: KubernetesCluster,
  namespace: string,
  attributes: { readonly group: string; readonly resource: string; readonly verb: string; readonly name: string },
  signal: AbortSignal,
): Promise<boolean> {
  const [resource, subresource] = attributes.resource.split('/');
  const spec = {
    resourceAttributes: { ...attributes, namespace, resource, ...(subresource === undefined ? {} : { subresource }) },
  };
  const { status } = await ask<{ readonly status?: { readonly allowed?: boolean } }>(
    cluster,
    'selfsubjectaccessreviews',
    'SelfSubjectAccessReview',
    spec,
    signal,
  );
  return status?.allowed === true;
}

function ask<T>(
  cluster: KubernetesCluster,
  path: string,
  kind: string,
  spec: unknown,
  signal: AbortSignal,
): Promise<T> {
  return cluster.api.request<T>({
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${path}`,
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec }),
    signal,
  });
}
