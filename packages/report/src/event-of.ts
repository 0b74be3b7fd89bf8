import type { ReleaseEvent } from '@bluegreen/machine';

/** The event of one type. */
export type EventOf<T extends ReleaseEvent['type']> = Extract<ReleaseEvent, { readonly type: T }>;
