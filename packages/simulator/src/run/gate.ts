/** What a paused process would do waits here, in its order, until the process goes on. */
export class PauseGate {
  #isShut = false;
  readonly #waiting: (() => void)[] = [];

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    this.#isShut = false;
    // Whatever is done now may shut the gate again.
    while (!this.#isShut && this.#waiting.length > 0) this.#waiting.shift()!();
  }

  /** Now, or when the gate opens. */
  pass(run: () => void): void {
    if (this.#isShut) this.#waiting.push(run);
    else run();
  }

  passed(): Promise<void> {
    return new Promise((resolve) => this.pass(resolve));
  }
}
