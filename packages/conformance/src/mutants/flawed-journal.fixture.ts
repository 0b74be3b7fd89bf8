import type { Journal, JournalSession, JournalWriter, Lease } from '@bluegreen/contract';

/** What is done otherwise than the journal below does it. */
export interface JournalFlaws {
  journal?(good: Journal): Partial<Journal>;
  session?(good: JournalSession): Partial<JournalSession>;
  lease?(good: Lease): Partial<Lease>;
  writer?(good: JournalWriter): Partial<JournalWriter>;
}

/** The same journal, but for its flaws. */
export function flawedJournal(good: Journal, flaws: JournalFlaws): Journal {
  return {
    name: good.name,
    read: (releaseId, fromSeq) => good.read(releaseId, fromSeq),
    releases: () => good.releases(),
    send: (releaseId, command) => good.send(releaseId, command),
    join: async (owner) => flawedSession(await good.join(owner), flaws),
    ...flaws.journal?.(good),
  };
}

function flawedSession(good: JournalSession, flaws: JournalFlaws): JournalSession {
  const changed = flaws.session?.(good) ?? {};
  const acquire = changed.acquire ?? ((resources, above) => good.acquire(resources, above));
  return {
    owner: good.owner,
    ttlMs: good.ttlMs,
    renew: () => good.renew(),
    close: () => good.close(),
    ...changed,
    acquire: async (resources, above) => flawedLease(await acquire(resources, above), flaws),
  };
}

function flawedLease(good: Lease, flaws: JournalFlaws): Lease {
  const changed = flaws.lease?.(good) ?? {};
  const open = changed.writer ?? ((releaseId) => good.writer(releaseId));
  return {
    epochs: good.epochs,
    lastHeldAt: good.lastHeldAt,
    confirm: () => good.confirm(),
    free: () => good.free(),
    ...changed,
    writer: async (releaseId) => flawedWriter(await open(releaseId), flaws),
  };
}

function flawedWriter(good: JournalWriter, flaws: JournalFlaws): JournalWriter {
  return {
    append: (events) => good.append(events),
    commands: () => good.commands(),
    forget: (ids) => good.forget(ids),
    watch: (onCommand) => good.watch(onCommand),
    close: () => good.close(),
    ...flaws.writer?.(good),
  };
}
