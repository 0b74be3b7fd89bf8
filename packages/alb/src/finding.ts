import type { Finding } from '@bluegreen/contract';
import { type AlbCode, albErrors } from './error-codes.js';

/** A finding in the words of the table. */
export function finding(
  service: string,
  code: AlbCode,
  detail = '',
  severity: Finding['severity'] = 'refuse',
): Finding {
  const { message, hint } = albErrors[code];
  return { severity, code, message: detail === '' ? message : `${message} (${detail})`, hint, service };
}
