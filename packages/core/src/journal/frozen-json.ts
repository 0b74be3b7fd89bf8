import { fail, type JournalCommand, type JournalEvent } from '@bluegreen/contract';

const deepest = 200;

/**
 * A copy of `value` that nobody can change, equal to what comes back from its JSON text. What JSON would drop or change
 * without a word (`NaN`, functions, dates, holes) is refused; `undefined` properties are left out.
 * @throws `journal/entry-invalid`
 */
export function frozenJson<T>(value: T, path = ''): T {
  return copy(value, path, 0) as T;
}

/** A frozen copy of one event. @throws `journal/entry-invalid` */
export function frozenEvent(event: JournalEvent): JournalEvent {
  const frozen = frozenJson(event);
  if (typeof frozen?.type !== 'string' || typeof frozen.at !== 'number') throw invalid('an event', 'type or at');
  return frozen;
}

/** A frozen copy of one command. @throws `journal/entry-invalid` */
export function frozenCommand(command: JournalCommand): JournalCommand {
  const frozen = frozenJson(command);
  if (!isCommand(frozen)) throw invalid('a command', 'id, type or at');
  return frozen;
}

export function isCommand(value: unknown): value is JournalCommand {
  const command = value as JournalCommand | null;
  return typeof command?.id === 'string' && typeof command.type === 'string' && typeof command.at === 'number';
}

function copy(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON knows no negative zero.
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (depth > deepest) throw invalid(path, 'nested too deeply');
  if (Array.isArray(value))
    return Object.freeze(Array.from(value, (item, at) => copy(item, `${path}[${at}]`, depth + 1)));
  if (!isPlainObject(value)) throw invalid(path, describe(value));
  const made: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined) continue;
    const member = copy(item, path === '' ? key : `${path}.${key}`, depth + 1);
    // Assigning would set the prototype instead.
    if (key === '__proto__') Object.defineProperty(made, key, { value: member, enumerable: true });
    else made[key] = member;
  }
  return Object.freeze(made);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not compared with Object.prototype, because objects may come from another realm.
  return prototype === null || (!Array.isArray(value) && Object.getPrototypeOf(prototype) === null);
}

function describe(value: unknown): string {
  return typeof value === 'object' ? (value?.constructor?.name ?? 'object') : `${typeof value} ${String(value)}`;
}

function invalid(path: string, what: string): Error {
  return fail('journal/entry-invalid', { detail: path === '' ? what : `${path}: ${what}` });
}
