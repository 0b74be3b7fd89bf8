import type { RequestOptions } from 'node:https';

/**
 * Where the API server is and who asks. `serviceAccount()` makes one in a pod; elsewhere a `KubeConfig` of
 * `@kubernetes/client-node` is one: it reads kubeconfig files and renews tokens. Nothing else of that library is used, and
 * this package never loads it.
 */
export interface KubeConfigLike {
  getCurrentCluster(): { readonly server: string } | null;
  /** Adds credentials to the options of one request. Called for each. */
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
}
