import { finish, murmur } from './murmur.js';
import { Sfc32 } from './sfc32.js';

/**
 * Where every random number of a run comes from: a stream of its own per (seed, name, entity, cell). A draw that is
 * added somewhere shifts no other, which is what makes two runs with the same seed comparable.
 */
export interface KeyedStreams {
  key(name: string, ...entity: readonly (string | number)[]): StreamKey;
}

/** All streams of one entity. */
export interface StreamKey {
  /**
   * The stream of one cell (an interval, an attempt), from its beginning. Use it up before you ask for another one:
   * the object is shared by all keys of this seed.
   */
  at(cell: number): Sfc32;
}

export function keyedStreams(seed: number): KeyedStreams {
  const shared = new Sfc32(0, 0, 0);
  return { key: (name, ...entity) => new HashedKey(JSON.stringify([seed, name, ...entity]), shared) };
}

class HashedKey implements StreamKey {
  readonly #a: number;
  readonly #b: number;
  readonly #c: number;
  readonly #stream: Sfc32;

  constructor(text: string, stream: Sfc32) {
    this.#a = murmur(text, 0x243f6a88);
    this.#b = murmur(text, 0x85a308d3);
    this.#c = murmur(text, 0x13198a2e);
    this.#stream = stream;
  }

  at(cell: number): Sfc32 {
    const low = cell | 0;
    const high = Math.floor(cell / 4_294_967_296) | 0;
    this.#stream.seed(
      finish(this.#a ^ finish(low)),
      finish((this.#b + Math.imul(low, 0x9e3779b9)) | 0),
      this.#c ^ Math.imul(high, 0x27d4eb2f),
    );
    return this.#stream;
  }
}
