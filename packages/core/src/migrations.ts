import { fail, type Journal } from '@bluegreen/contract';
import { hooksOf, type ReleasePlan, type ReleaseState } from '@bluegreen/machine';
import { foldRecords } from './read-journal.js';
import type { StartRequest } from './releaser-options.js';

/**
 * The migrations of a release as they go into its plan; nothing where it has none.
 *
 * @throws `release/hook-missing`, `release/contract-without-teardown`
 */
export function migrationsOf(
  { migrations }: Pick<StartRequest, 'migrations'>,
  hooks: Readonly<Record<string, unknown>>,
  policy: ReleasePlan['policy'],
): Pick<ReleasePlan, 'migrations'> {
  const { expand = [], contract = [] } = migrations ?? {};
  if (expand.length + contract.length === 0) return {};
  const missing = [...expand, ...contract].find((name) => !Object.hasOwn(hooks, name));
  if (missing !== undefined) throw fail('release/hook-missing', { detail: missing });
  if (contract.length > 0 && policy.retire.after === 'keep') {
    throw fail('release/contract-without-teardown', { path: 'retire.after', detail: contract.join(', ') });
  }
  return { migrations: { expand: [...new Set(expand)], contract: [...new Set(contract)] } };
}

/** What one release means for those after it. */
interface Past {
  readonly id: string;
  /** Per service, the version that served before it, and the one that it promoted. */
  readonly services: Readonly<Record<string, { readonly replaced: string | null; readonly released: string | null }>>;
  /** Whether a contract migration of it ran, even in part. */
  readonly isContracted: boolean;
}

/** What the releases of a journal did to the database; each finished one is read once. */
export class MigrationHistory {
  readonly #journal: Journal;
  readonly #finished = new Map<string, Past>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * Refuses versions that served before a contract migration: the database no longer has what they need.
   *
   * @throws `release/contract-crossed`
   */
  async refuseCrossing(versions: Readonly<Record<string, string>>): Promise<void> {
    const past: Past[] = [];
    for (const id of await this.#journal.releases()) {
      const each = await this.#pastOf(id);
      if (each !== null) past.push(each);
    }
    for (const [service, version] of Object.entries(versions)) {
      const by = contractedSince(past, service, version);
      if (by !== null) throw fail('release/contract-crossed', { detail: `${service} ${version}, contracted by ${by}` });
    }
  }

  async #pastOf(id: string): Promise<Past | null> {
    const finished = this.#finished.get(id);
    if (finished !== undefined) return finished;
    const state = foldRecords(await this.#journal.read(id));
    if (state === null) return null;
    const past = pastOf(state);
    if (state.phase === 'promoted' || state.phase === 'rolled-back') this.#finished.set(id, past);
    return past;
  }
}

function pastOf(state: ReleaseState): Past {
  const isPromoted = state.promotedAt !== null && state.phase !== 'rolled-back';
  const services = Object.entries(state.services).map(([name, { replaces }]) => {
    const released = isPromoted ? state.plan.services[name]!.version : null;
    return [name, { replaced: replaces, released }] as const;
  });
  const isContracted = hooksOf(state, 'contract').some((name) => `contract/${name}` in state.hooks);
  return { id: state.id, services: Object.fromEntries(services), isContracted };
}

/** The release whose contract migration ran after this version served last; `null` where there is none. */
function contractedSince(past: readonly Past[], service: string, version: string): string | null {
  let hasServed = false;
  let by: string | null = null;
  for (const { id, services, isContracted } of past) {
    const each = services[service];
    if (each === undefined) continue;
    hasServed ||= each.replaced === version;
    // It serves with the database as it is by then.
    if (each.released === version) {
      hasServed = true;
      by = null;
    } else if (isContracted && hasServed) by = id;
  }
  return by;
}
