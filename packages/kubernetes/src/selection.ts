import type { KubernetesObject } from './objects.js';

/** Labels that an object must have: this value, one of these, or, with `null`, any. */
export type LabelSelector = Readonly<Record<string, string | readonly string[] | null>>;

/** The selector as the API takes it. */
export function printSelector(selector: LabelSelector): string {
  const parts = Object.entries(selector).map(([label, value]) => {
    if (value === null) return label;
    return typeof value === 'string' ? `${label}=${value}` : `${label} in (${value.join(',')})`;
  });
  return parts.sort().join(',');
}

export function isSelected({ metadata }: KubernetesObject, selector: LabelSelector): boolean {
  const labels = metadata.labels ?? {};
  return Object.entries(selector).every(([label, value]) => {
    const own = labels[label];
    if (own === undefined || value === null) return own !== undefined;
    return typeof value === 'string' ? own === value : value.includes(own);
  });
}

/** The objects with some labels, kept up to date so that asking for them costs nothing. */
export class Selection<T extends KubernetesObject> {
  readonly #selector: LabelSelector;
  readonly #members = new Map<string, T>();
  #list: readonly T[] | null = null;

  constructor(selector: LabelSelector, objects: Iterable<T>) {
    this.#selector = selector;
    for (const object of objects) this.put(object);
  }

  /** The same array until something in it changes. */
  get list(): readonly T[] {
    this.#list ??= [...this.#members.values()];
    return this.#list;
  }

  put(object: T): void {
    if (!isSelected(object, this.#selector)) {
      this.remove(object.metadata.name);
      return;
    }
    this.#members.set(object.metadata.name, object);
    this.#list = null;
  }

  remove(name: string): void {
    if (this.#members.delete(name)) this.#list = null;
  }
}
