import { type Slot, type Weights, weights } from '@bluegreen/contract';

/** What all weights of a rule add up to: one for each tenth of a percent. */
const whole = 1000;

/** Both weights of a rule; `null`: nobody. A weight that is left out would mean 1 (gateway-api, BackendRef). */
export function toVendor(percents: Weights | null): Readonly<Record<Slot, number>> {
  if (percents === null) return { blue: 0, green: 0 };
  return { blue: Math.round(percents.blue * 10), green: Math.round(percents.green * 10) };
}

/** The percents of two weights, whatever they add up to; `null` when both are 0. */
export function fromVendor({ blue, green }: Readonly<Record<Slot, number>>): Weights | null {
  return blue + green === 0 ? null : weights(Math.round((green * whole) / (blue + green)) / 10);
}
