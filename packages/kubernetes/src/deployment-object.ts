import type { Condition, KubernetesObject } from './objects.js';

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly lifecycle?: { readonly preStop?: unknown };
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly containers: readonly Container[] };
}

export interface DeploymentSpec {
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly minReadySeconds?: number;
  readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly template: PodTemplate;
}

export interface DeploymentObject extends KubernetesObject {
  readonly spec: DeploymentSpec;
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface AutoscalerObject extends KubernetesObject {
  readonly spec: { readonly minReplicas?: number; readonly maxReplicas: number };
}
