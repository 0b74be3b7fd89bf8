import type { Journal, JournalSession, JournalWriter, Lease } from '@bluegreen/contract';
import type { Service } from '@bluegreen/core';

/** Called at every boundary between two effects, with its name. */
export type Boundary = (name: string, kind?: BoundaryKind) => void;

/** Of a call that changes something for whoever comes after, or of one that only reads. */
export type BoundaryKind = 'change' | 'read';

/** Wraps a call: a boundary before it is sent and one after its answer came. */
async function between<R>(
  boundary: Boundary,
  name: string,
  call: () => Promise<R>,
  kind: BoundaryKind = 'change',
): Promise<R> {
  boundary(`before ${name}`, kind);
  const result = await call();
  boundary(`after ${name}`, kind);
  return result;
}

/** The service with a boundary around every call of its adapters. */
export function boundedService(name: string, service: Service, boundary: Boundary): Service {
  const { traffic, environment } = service;
  const around = <R>(call: string, make: () => Promise<R>, kind?: BoundaryKind) =>
    between(boundary, `${call} of ${name}`, make, kind);
  return {
    ...service,
    traffic: {
      ...traffic,
      observe: (call) => around('observe-routing', () => traffic.observe(call), 'read'),
      route: (target, expected, call) =>
        around(`route ${target.weights.blue}/${target.weights.green}`, () => traffic.route(target, expected, call)),
    },
    environment: {
      ...environment,
      observe: (slot, call) => around(`observe ${slot}`, () => environment.observe(slot, call), 'read'),
      converge: (target, call) => around(`converge ${target.slot}`, () => environment.converge(target, call)),
    },
  };
}

/** The journal with a boundary around everything that changes it. */
export function boundedJournal(journal: Journal, boundary: Boundary): Journal {
  return {
    name: journal.name,
    read: (id, from) => journal.read(id, from),
    releases: () => journal.releases(),
    send: (id, command) => between(boundary, 'send', () => journal.send(id, command)),
    join: async (owner) => boundedSession(await journal.join(owner), boundary),
  };
}

function boundedSession(session: JournalSession, boundary: Boundary): JournalSession {
  return {
    owner: session.owner,
    ttlMs: session.ttlMs,
    renew: () => session.renew(),
    acquire: async (resources, above) =>
      boundedLease(await between(boundary, 'acquire', () => session.acquire(resources, above)), boundary),
    close: () => session.close(),
  };
}

function boundedLease(lease: Lease, boundary: Boundary): Lease {
  return {
    epochs: lease.epochs,
    lastHeldAt: lease.lastHeldAt,
    confirm: () => lease.confirm(),
    writer: async (id) => boundedWriter(await between(boundary, 'writer', () => lease.writer(id)), boundary),
    free: () => between(boundary, 'free', () => lease.free()),
  };
}

function boundedWriter(writer: JournalWriter, boundary: Boundary): JournalWriter {
  return {
    append: (events) => between(boundary, `append ${events[0]?.type}`, () => writer.append(events)),
    commands: () => writer.commands(),
    forget: (ids) => between(boundary, 'forget', () => writer.forget(ids)),
    watch: (onCommand) => writer.watch(onCommand),
    close: () => writer.close(),
  };
}
