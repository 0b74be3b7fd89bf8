import type { KubeConfig } from '@kubernetes/client-node';

/**
 * Where the API server is and who asks: in a cluster, from a kubeconfig file, with tokens that are renewed. Nothing else
 * of that library is used, and it is never loaded by this package.
 */
export type KubeConfigLike = Pick<KubeConfig, 'getCurrentCluster' | 'applyToHTTPSOptions'>;
