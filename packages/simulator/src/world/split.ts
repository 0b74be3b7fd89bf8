import type { Routing, Slot } from '@bluegreen/contract';

/** One routing as routers use it. */
export interface RoutingInUse {
  readonly routing: Routing;
  /** How far the real weight of green lies from the commanded one, in percent. */
  readonly skewPercent: number;
  /** Who gets the requests when there is no routing to go by. */
  readonly strays: Slot | null;
}
