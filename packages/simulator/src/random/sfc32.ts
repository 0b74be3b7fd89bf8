/**
 * Small fast counting generator of 32 bits (Chris Doty-Humphrey, PractRand). Three words of state and a counter, so
 * no cycle is shorter than 2^32. Words are kept signed, which the engine stores without a box.
 */
export class Sfc32 {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  constructor(a: number, b: number, c: number) {
    this.seed(a, b, c);
  }

  /** Starts over from three words; the first twelve draws only mix, as the author prescribes. */
  seed(a: number, b: number, c: number): void {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = 1;
    for (let round = 0; round < 12; round++) this.word();
  }

  /** 32 random bits, as a signed number. */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum;
  }

  /** Strictly between 0 and 1, with 53 bits: never 0, so that its logarithm exists. */
  uniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 67_108_864 + low + 0.5) / 9_007_199_254_740_992;
  }
}
