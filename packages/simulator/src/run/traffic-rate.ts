import { fail } from '../failure.js';
import type { TrafficOptions } from '../world/world-options.js';

/** Requests per second of users, as text: `'200rps'`, `'0.2rps'`, `'1e9rps'`. */
export type TrafficRate = `${number}rps`;

const pattern = /^(\d+(?:\.\d+)?(?:e\+?\d+)?)rps$/;

/** What users do, from the short form or the long one. @throws `simulator/world-invalid` */
export function trafficOf(given: TrafficRate | TrafficOptions | undefined): TrafficOptions {
  if (given === undefined) return {};
  if (typeof given !== 'string') return given;
  const found = pattern.exec(given);
  if (found === null) {
    throw fail('simulator/world-invalid', {
      path: 'traffic',
      detail: `${JSON.stringify(given)} is no rate; write '200rps'`,
    });
  }
  return { requestsPerSecond: Number(found[1]) };
}
