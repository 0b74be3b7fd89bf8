import type { Finding } from '@bluegreen/contract';
import { nginxErrors } from './error-codes.js';
import type { Settings } from './settings.js';

export type NginxCode = keyof typeof nginxErrors;

/** A finding in the words of the table. */
export function finding(
  settings: Settings,
  code: NginxCode,
  detail = '',
  severity: Finding['severity'] = 'refuse',
): Finding {
  const { message, hint } = nginxErrors[code];
  const text = detail === '' ? message : `${message} (${detail})`;
  return { severity, code, message: text, hint, service: settings.service };
}
