import { type Path, type Problem, refusal } from './problem.js';

/** A policy is four levels deep and a few hundred values large; more is a mistake or an attack. */
const deepest = 12;
const mostValues = 10_000;

/**
 * A deep copy of plain data, so that later steps can neither change what they were given nor meet a getter, a class or a
 * key of a prototype: objects of the copy have no prototype. Keys whose value is `undefined` are left out.
 * Anything else becomes a problem and is missing from the copy.
 */
export function plainCopy(value: unknown): { readonly copy: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  let left = mostValues;
  const refuse = (path: Path, detail: string): undefined => {
    problems.push(refusal('policy/not-plain', path, detail));
    return undefined;
  };
  const visit = (each: unknown, path: Path): unknown => {
    left -= 1;
    if (left < 0) return left === -1 ? refuse([], `more than ${mostValues} values`) : undefined;
    if (each === null || each === undefined) return each;
    if (typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean') return each;
    if (typeof each !== 'object') return refuse(path, `a ${typeof each}`);
    if (path.length >= deepest) return refuse(path, 'nested too deep, or a cycle');
    if (Array.isArray(each)) return visitList(each, path);
    return isPlainObject(each) ? visitObject(each, path) : refuse(path, 'an object of a class');
  };
  const visitList = (list: readonly unknown[], path: Path): unknown[] => {
    const copy: unknown[] = [];
    for (let index = 0; index < list.length && left >= 0; index += 1) copy.push(visit(list[index], [...path, index]));
    return copy;
  };
  const visitObject = (object: object, path: Path): object => {
    const copy: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(object)) {
      const item = visit((object as Record<string, unknown>)[key], [...path, key]);
      if (item !== undefined) copy[key] = item;
    }
    return copy;
  };
  try {
    return { copy: visit(value, []), problems };
  } catch {
    // A getter or a proxy may throw whatever it likes.
    return { copy: undefined, problems: [refusal('policy/not-plain', [], 'it cannot be read')] };
  }
}

/** Also true for an object of another realm, whose `Object.prototype` is not ours. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
