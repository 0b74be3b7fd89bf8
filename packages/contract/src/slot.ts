/** One of the two permanent, identical places of a service. Slots never change; only their roles swap. */
export type Slot = 'blue' | 'green';

/** Both slots, in the order in which everything lists them. */
export const slots: readonly Slot[] = ['blue', 'green'];

/** The slot that is not `slot`. */
export function otherSlot(slot: Slot): Slot {
  return slot === 'blue' ? 'green' : 'blue';
}
