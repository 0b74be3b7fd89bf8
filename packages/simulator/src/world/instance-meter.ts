import type { Slot } from '@bluegreen/contract';

/** How long instances ran, in instance-milliseconds; `double`: those of the smaller slot at each instant. */
export interface InstanceMs extends Readonly<Record<Slot, number>> {
  readonly double: number;
}

/** Adds up how many instances run. Call `until` before their number changes. */
export class InstanceMeter {
  #at: number;
  #blue = 0;
  #green = 0;
  #double = 0;

  constructor(at: number) {
    this.#at = at;
  }

  until(now: number, blue: number, green: number): void {
    const lasted = now - this.#at;
    if (lasted <= 0) return;
    this.#at = now;
    this.#blue += blue * lasted;
    this.#green += green * lasted;
    this.#double += Math.min(blue, green) * lasted;
  }

  get total(): InstanceMs {
    return { blue: this.#blue, green: this.#green, double: this.#double };
  }
}
