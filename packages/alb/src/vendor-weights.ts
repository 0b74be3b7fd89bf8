import { type Weights, weights } from '@bluegreen/contract';

/** What a forward action holds: relative whole numbers from 0 to 999 [ELBv2 service model]. */
export interface VendorWeights {
  readonly blue: number;
  readonly green: number;
}

/** The largest weight that the API takes. */
export const mostVendorWeight = 999;

/**
 * Weights as the load balancer takes them: tenths of a percent, whose sum is 1,000. A slot with everything gets 100,
 * because 1,000 is too large and beside a zero every weight means the same.
 */
export function toVendorWeights({ blue, green }: Weights): VendorWeights {
  if (green === 0) return { blue: 100, green: 0 };
  if (blue === 0) return { blue: 0, green: 100 };
  return { blue: Math.round(blue * 10), green: Math.round(green * 10) };
}

/**
 * The percentages that two relative weights mean, whoever wrote them; `null` where they are no whole tenths, or both 0.
 */
export function fromVendorWeights({ blue, green }: VendorWeights): Weights | null {
  const sum = blue + green;
  const isOne = (weight: number): boolean => Number.isInteger(weight) && weight >= 0 && weight <= mostVendorWeight;
  if (!isOne(blue) || !isOne(green) || sum === 0 || (green * 1_000) % sum !== 0) return null;
  return weights((green * 1_000) / sum / 10);
}
