import { failures } from '@bluegreen/contract';
import { kubernetesErrors } from './error-codes.js';

export type KubernetesCode = keyof typeof kubernetesErrors;

/** Makes an error of this package's table. */
export const fail = failures(kubernetesErrors);
