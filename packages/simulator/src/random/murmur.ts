/** MurmurHash3 of 32 bits (Austin Appleby) over the UTF-16 code units of `text`, low byte first, as a signed number. */
export function murmur(text: string, seed: number): number {
  let hash = seed | 0;
  const length = text.length * 2;
  const pairs = text.length & ~1;
  for (let index = 0; index < pairs; index += 2) {
    const block = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    hash ^= scramble(block);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  if (pairs < text.length) hash ^= scramble(text.charCodeAt(pairs));
  return finish(hash ^ length);
}

function scramble(block: number): number {
  const first = Math.imul(block, 0xcc9e2d51);
  return Math.imul((first << 15) | (first >>> 17), 0x1b873593);
}

/** The last step of MurmurHash3: every bit of the input changes every bit of the output with about even chances. */
export function finish(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
