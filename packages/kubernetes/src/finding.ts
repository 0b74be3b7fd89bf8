import type { Finding } from '@bluegreen/contract';
import { kubernetesErrors } from './error-codes.js';
import type { KubernetesCode } from './failure.js';

/** A finding in the words of the table. */
export function finding(code: KubernetesCode, detail: string, severity: Finding['severity'] = 'refuse'): Finding {
  const { message, hint } = kubernetesErrors[code];
  return { severity, code, message: `${message} (${detail})`, hint };
}
