import { fail, type JournalCommand, type JournalEvent } from '@bluegreen/contract';

const deepest = 200;

/** Where the copying is: keys and indexes, outermost first. */
type Trail = (string | number)[];

/**
 * A copy of `value` that nobody can change, equal to what comes back from its JSON text. What JSON would drop or change
 * without a word (`NaN`, functions, dates, holes) is refused; `undefined` properties are left out.
 * @throws `journal/entry-invalid`
 */
export function frozenJson<T>(value: T): T {
  return copy(value, []) as T;
}

/** Freezes what was just parsed from JSON, all the way down. */
export function freezeParsed<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) freezeParsed(member);
  return Object.freeze(value);
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

function copy(value: unknown, trail: Trail): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON knows no negative zero.
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (trail.length > deepest) throw invalid(printTrail(trail), 'nested too deeply');
  if (Array.isArray(value)) return copyList(value, trail);
  if (isPlainObject(value)) return copyObject(value, trail);
  throw invalid(printTrail(trail), describe(value));
}

function copyList(list: readonly unknown[], trail: Trail): readonly unknown[] {
  const made: unknown[] = [];
  for (let index = 0; index < list.length; index += 1) {
    trail.push(index);
    made.push(copy(list[index], trail));
    trail.pop();
  }
  return Object.freeze(made);
}

function copyObject(object: Record<string, unknown>, trail: Trail): object {
  const made: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    trail.push(key);
    const member = copy(value, trail);
    trail.pop();
    // Assigning would set the prototype instead.
    if (key === '__proto__') Object.defineProperty(made, key, { value: member, enumerable: true });
    else made[key] = member;
  }
  return Object.freeze(made);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain objects of another realm have another Object.prototype; its own prototype is null all the same.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function printTrail(trail: Trail): string {
  return trail
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

function describe(value: unknown): string {
  return typeof value === 'object' ? (value?.constructor?.name ?? 'object') : `${typeof value} ${String(value)}`;
}

function invalid(path: string, what: string): Error {
  return fail('journal/entry-invalid', { detail: path === '' ? what : `${path}: ${what}` });
}
