import { type Slot, slots } from '@bluegreen/contract';
import { readName } from './cluster.js';
import { type RouterOptions, type RouterSettings, readRouter } from './common-options.js';
import { fail } from './failure.js';
import type { RulesPlan } from './route-rules.js';

/** Everything that `gatewayTraffic` is told. */
export interface GatewayTrafficOptions extends RouterOptions {
  /** The HTTPRoute. Rules that point at both slots are split; all others are left alone. */
  readonly route: string;
  /** One Service per slot, each selecting the pods of its slot. */
  readonly services: Readonly<Record<Slot, string>>;
  /** Requests with this header reach the candidate, or nobody while there is none. */
  readonly preview?: { readonly header: string; readonly equals: string };
  /** True when every Gateway of the route supports `RequestMirror` with a fraction (an extended feature). */
  readonly mirror?: boolean;
}

export interface GatewaySettings extends RouterSettings {
  readonly route: string;
  readonly plan: RulesPlan;
  readonly mirror: boolean;
}

/** @throws `kubernetes/options-invalid` with the option and the reason */
export function readGatewayOptions(options: GatewayTrafficOptions): GatewaySettings {
  const { services, preview = null, mirror = false } = options;
  const route = readName('route', options.route);
  for (const slot of slots) readName(`services.${slot}`, services[slot]);
  if (services.blue === services.green) {
    throw fail('kubernetes/options-invalid', { detail: `services: both are ${services.blue}` });
  }
  if (preview !== null && (!isHeader(preview.header) || preview.equals === '')) {
    throw fail('kubernetes/options-invalid', { detail: `preview: ${JSON.stringify(preview)}` });
  }
  return { ...readRouter(options), route, plan: { services, preview }, mirror };
}

/** A token of RFC 9110, as the API takes it. */
export function isHeader(name: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/.test(name);
}
