import type { ReadCall, WriteCall } from './calls.js';
import { fail } from './error.js';
import { compareFences, printStamp } from './fence.js';
import { fingerprint } from './fingerprint.js';
import type { StoredRouting } from './stored-routing.js';
import { normaliseTarget, sameTarget } from './target.js';
import type { Routing, TrafficAdapter, TrafficCapabilities, TrafficObservation, TrafficTarget } from './traffic.js';
import { unsupportedPart } from './unsupported.js';

/** A document as it was loaded. */
export interface LoadedDocument<D> {
  /** `null`: it is not there. */
  readonly document: D | null;
  /** What a conditional write has to name: an ETag, a version, a resource version. */
  readonly version?: string;
}

/** What a document says about the routing. */
export type DocumentReading = StoredRouting | 'unrouted' | { readonly foreign: string };

export interface DocumentTrafficOptions<D> {
  readonly name: string;
  /** Same text = same document: the key of its lease and of its write queue. */
  readonly resource: string;
  /**
   * Say `fencing: 'enforced'` only when `save` is one conditional write of the whole document: it fails when the version
   * is not the loaded one any more. `checked`: the document can hold a stamp, and `save` overwrites. `none`: it cannot.
   */
  readonly capabilities: TrafficCapabilities;
  load(call: ReadCall): Promise<LoadedDocument<D>>;
  /**
   * Stores the whole document. Rejects with reaction `recompute` when the version has changed, where the provider can
   * tell. A plain error means that nobody knows whether it landed.
   */
  save(document: D, version: string | undefined, call: WriteCall): Promise<void>;
  /**
   * What the document says. `unrouted`: our place is empty. `foreign`: it is missing, or holds what this adapter did not
   * write. It is you who decides which one a document that is not there means.
   */
  read(document: D | null): DocumentReading;
  /** The same document with this routing: everything that is not ours stays as it is. */
  write(document: D | null, stored: StoredRouting): D;
  /** What a read knows besides: proof, health, drain, what a restarted router would serve. */
  observe?(document: D | null): Pick<TrafficObservation, 'proof' | 'health' | 'drain' | 'afterRestart'>;
  dispose?(): Promise<void>;
}

/**
 * A traffic adapter over one document of a provider: a key of a store, a file, a flag. It does the fence, the revision
 * and every refusal of the contract, so that what is left to write is the two requests and the two mappings.
 *
 * @throws `adapter/unsupported`, `adapter/newer-owner`, `adapter/sequence-behind`, `adapter/revision-changed`,
 * `adapter/aborted`, and whatever `load` and `save` reject with.
 */
export function documentTraffic<D>(options: DocumentTrafficOptions<D>): TrafficAdapter {
  const { capabilities } = options;
  return {
    contractVersion: 1,
    name: options.name,
    resource: options.resource,
    capabilities,
    ...(options.dispose === undefined ? {} : { dispose: () => options.dispose!() }),
    async observe(call) {
      const { document } = await load(options, call);
      const reading = options.read(document);
      const fence = capabilities.fencing === 'none' ? null : fenceOf(reading);
      return {
        routing: routingOf(reading, capabilities),
        revision: revisionOf(reading, document, capabilities),
        ...(fence === null ? {} : { fence }),
        ...options.observe?.(document),
      };
    },
    async route(target, expected, call) {
      const unsupported = unsupportedPart(target, capabilities);
      if (unsupported !== null) throw fail('adapter/unsupported', { detail: unsupported.detail });
      const { document, version } = await load(options, call);
      const reading = options.read(document);
      const wanted = normaliseTarget(target, capabilities);
      if (admit(reading, wanted, call, capabilities) === 'done') return;
      if (revisionOf(reading, document, capabilities) !== expected.revision) throw fail('adapter/revision-changed');
      const fence = capabilities.fencing === 'none' ? null : call.fence;
      const next = options.write(document, { target: wanted, fence });
      refuseAborted(call);
      await options.save(next, version, call);
    },
  };
}

async function load<D>(options: DocumentTrafficOptions<D>, call: ReadCall): Promise<LoadedDocument<D>> {
  refuseAborted(call);
  return options.load({ signal: call.signal });
}

/** Nothing was sent yet, so nothing is unknown. */
function refuseAborted({ signal }: ReadCall): void {
  if (signal.aborted) throw fail('adapter/aborted');
}

/** Throws when a newer write is stored; `done`: this very write is. */
function admit(
  reading: DocumentReading,
  wanted: TrafficTarget,
  { fence }: WriteCall,
  { fencing }: TrafficCapabilities,
): 'done' | 'open' {
  const stored = fencing === 'none' ? null : fenceOf(reading);
  if (stored === null) return 'open';
  const detail = `${printStamp(stored)} is stored, ${printStamp(fence)} came`;
  if (stored.epoch > fence.epoch) throw fail('adapter/newer-owner', { detail });
  const order = compareFences(stored, fence);
  if (order < 0) return 'open';
  if (order === 0 && isRouting(reading) && sameTarget(reading.target, wanted)) return 'done';
  throw fail('adapter/sequence-behind', { detail });
}

function isRouting(reading: DocumentReading): reading is StoredRouting {
  return typeof reading === 'object' && 'target' in reading;
}

function fenceOf(reading: DocumentReading): StoredRouting['fence'] {
  return isRouting(reading) ? reading.fence : null;
}

function routingOf(reading: DocumentReading, capabilities: TrafficCapabilities): Routing {
  if (reading === 'unrouted') return { kind: 'unrouted' };
  if (!isRouting(reading)) return { kind: 'foreign', summary: reading.foreign };
  return { kind: 'split', target: normaliseTarget(reading.target, capabilities) };
}

/** Of what is ours alone; of the whole document only where nobody can tell what in it is ours. */
function revisionOf<D>(reading: DocumentReading, document: D | null, capabilities: TrafficCapabilities): string {
  const own = isRouting(reading)
    ? [normaliseTarget(reading.target, capabilities), reading.fence]
    : [reading, reading === 'unrouted' ? null : document];
  return fingerprint(JSON.stringify(own));
}
