const multiplier = 0x5bd1e995;

function multiply(a: number): number {
  return Math.imul(a, multiplier) >>> 0;
}

/**
 * MurmurHash2 with seed 0 of the UTF-8 bytes of `text`, as 32 bits without sign: the hash of nginx's `split_clients`.
 * Source: nginx `src/core/ngx_murmurhash.c`.
 */
export function murmur2(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  let hash = bytes.length >>> 0;
  let at = 0;
  for (; bytes.length - at >= 4; at += 4) {
    let word = multiply(bytes.readUInt32LE(at));
    word = multiply((word ^ (word >>> 24)) >>> 0);
    hash = (multiply(hash) ^ word) >>> 0;
  }
  const left = bytes.length - at;
  if (left > 0) {
    hash = (hash ^ bytes.readUIntLE(at, left)) >>> 0;
    hash = multiply(hash);
  }
  hash = multiply((hash ^ (hash >>> 13)) >>> 0);
  return (hash ^ (hash >>> 15)) >>> 0;
}
