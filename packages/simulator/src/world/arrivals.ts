const dayMs = 86_400_000;

/** Requests to be expected between two instants: the exact integral of a rate that swings over the day. */
export function expectedArrivals(
  traffic: { readonly requestsPerSecond: number; readonly dailySwing: number },
  fromMs: number,
  toMs: number,
): number {
  const perMs = traffic.requestsPerSecond / 1_000;
  const steady = toMs - fromMs;
  if (traffic.dailySwing === 0) return perMs * steady;
  const angle = (at: number) => (2 * Math.PI * (at % dayMs)) / dayMs;
  const swing = ((Math.cos(angle(fromMs)) - Math.cos(angle(toMs))) * dayMs) / (2 * Math.PI);
  return Math.max(0, perMs * (steady + traffic.dailySwing * swing));
}

/** The rate at one instant, per millisecond. */
export function arrivalRate(
  traffic: { readonly requestsPerSecond: number; readonly dailySwing: number },
  at: number,
): number {
  const swing = 1 + traffic.dailySwing * Math.sin((2 * Math.PI * (at % dayMs)) / dayMs);
  return (traffic.requestsPerSecond / 1_000) * swing;
}
