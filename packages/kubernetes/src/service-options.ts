import { readName } from './cluster.js';
import { type RouterOptions, type RouterSettings, readRouter } from './common-options.js';
import { fail } from './failure.js';

/** Everything that `serviceTraffic` is told. */
export interface ServiceTrafficOptions extends RouterOptions {
  /** The Service that users reach. Its selector gets the slot label. */
  readonly service: string;
  /** A second Service with the same selector, for the candidate. Its selector names no slot while nothing is previewed. */
  readonly preview?: string;
}

export interface ServiceSettings extends RouterSettings {
  readonly service: string;
  readonly preview: string | null;
}

/** @throws `kubernetes/options-invalid` with the option and the reason */
export function readServiceOptions(options: ServiceTrafficOptions): ServiceSettings {
  const service = readName('service', options.service);
  const preview = options.preview === undefined ? null : readName('preview', options.preview);
  if (preview === service) throw fail('kubernetes/options-invalid', { detail: 'preview is the service itself' });
  return { ...readRouter(options), service, preview };
}
