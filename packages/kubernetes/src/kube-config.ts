import type { RequestOptions } from 'node:https';

/**
 * Where the API server is and who asks, as `KubeConfig` of `@kubernetes/client-node` knows it: in a cluster, from a
 * kubeconfig file, with tokens that are renewed. Nothing else of that library is used, so any version of it fits.
 */
export interface KubeConfigLike {
  getCurrentCluster(): { readonly server: string } | null;
  /** Fills in certificates, headers and, behind a proxy, the agent. Asked for every request: tokens change. */
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
}
