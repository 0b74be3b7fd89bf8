const firstMs = 500;
const longestMs = 30_000;

/**
 * How long to wait before attempt `attempt` (1 is the first repetition): exponential, with full jitter over its upper
 * half. The jitter is a hash of the key, because the machine has no randomness and a recovered one must agree.
 */
export function backoffMs(key: string, attempt: number, askedMs = 0): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 12));
  return Math.max(askedMs, Math.round(ceiling / 2 + (ceiling / 2) * fraction(`${key}#${attempt}`)));
}

/** FNV-1a of the text, as a number in [0, 1). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 0x1_0000_0000;
}
