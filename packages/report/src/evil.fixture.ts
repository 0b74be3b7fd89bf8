import type { JournalRecord } from '@bluegreen/contract';

/** Where people, scripts and providers put text of their own. The rest of a journal is written by the machine. */
const freeKeys = new Set(
  'id requestedBy version name service by reason message summary whyNotReady owner gate analysis command requested'.split(
    ' ',
  ),
);
const namedKeys = new Set(['services', 'analyses', 'audiences']);

/** The journal with `evil` around every text that is not the machine's own, the same text always in the same way. */
export function poison(records: readonly JournalRecord[], evil: string): readonly JournalRecord[] {
  return records.map((record) => ({ ...record, event: poisoned(record.event, null, evil) as JournalRecord['event'] }));
}

function poisoned(value: unknown, key: string | null, evil: string): unknown {
  if (typeof value === 'string') {
    // Codes of causes are the machine's own; those with a prefix come from adapters.
    const isFree = key !== null && (freeKeys.has(key) || (key === 'code' && value.includes('/')));
    return isFree ? `${evil}${value}${evil}` : value;
  }
  if (Array.isArray(value)) return value.map((each) => poisoned(each, key === 'audiences' ? 'name' : null, evil));
  if (typeof value !== 'object' || value === null) return value;
  const isNamed = key !== null && namedKeys.has(key);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [isNamed ? `${evil}${name}${evil}` : name, poisoned(each, name, evil)]),
  );
}
