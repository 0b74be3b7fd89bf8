import type { Service } from '@bluegreen/core';
import { platformEnvironment, platformTraffic } from '@bluegreen/example-platform';

export const names = Array.from({ length: 50 }, (_, index) => `service-${index + 1}`);

export function servicesOn(url: string): Readonly<Record<string, Service>> {
  return Object.fromEntries(
    names.map((service) => {
      const on = { url, service };
      return [service, { environment: platformEnvironment(on), traffic: platformTraffic(on) }];
    }),
  );
}
