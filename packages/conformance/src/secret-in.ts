/** Where one of the secrets stands in a value and everything that hangs on it; `null`: nowhere. */
export function secretIn(value: unknown, secrets: readonly string[]): string | null {
  return search(value, secrets, 'itself', new Set());
}

function search(value: unknown, secrets: readonly string[], path: string, seen: Set<unknown>): string | null {
  if (typeof value === 'string') return secrets.some((secret) => value.includes(secret)) ? path : null;
  if (typeof value !== 'object' || value === null || seen.has(value)) return null;
  seen.add(value);
  // Messages, stacks and causes of errors are own properties that no loop over keys shows.
  for (const key of Reflect.ownKeys(value)) {
    const inside = Reflect.getOwnPropertyDescriptor(value, key)?.value;
    const found = search(inside, secrets, `${path}.${String(key)}`, seen) ?? search(key, secrets, path, seen);
    if (found !== null) return found;
  }
  return null;
}
