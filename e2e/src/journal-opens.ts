import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isBluegreenError, type Journal, type JournalSession, releaseResource } from '@bluegreen/contract';
import { fileJournal } from '@bluegreen/core';

/** What 1,000 opens of a journal showed while another process appended to it. */
export interface JournalOpensReport {
  readonly opens: number;
  /** Acknowledged records that a read did not show, or showed elsewhere. Must be 0. */
  readonly lostRecords: number;
  /** Times that somebody else got the lease of the living owner. Must be 0. */
  readonly stolenLeases: number;
  /** Files whose last line was just being written when they were opened. */
  readonly tornSeen: number;
  readonly acquiresRefused: number;
  readonly records: number;
  /** Lengths to which a real segment was cut, and how often what was read then was no exact prefix. Must be 0. */
  readonly cuts: number;
  readonly wrongPrefixes: number;
}

interface Recorded {
  readonly release: string;
  readonly seq: number;
}

const recordsPerRelease = 100;
const ttlMs = 60_000;

/**
 * A child process appends without a pause; this one opens the journal `opens` times, reads it, and asks for the lease.
 * Then it kills the child, takes over, and looks for every record that the child was told is durable.
 */
export async function runJournalOpens({ opens }: { readonly opens: number }): Promise<JournalOpensReport> {
  const directory = await mkdtemp(join(tmpdir(), 'bluegreen-opens-'));
  const child = fork(fileURLToPath(import.meta.url), ['--appender', directory]);
  try {
    const known = new Map<string, number>();
    const first = once(child, 'message');
    child.on('message', ({ release, seq }: Recorded) => known.set(release, seq));
    await first;
    const counts = { lostRecords: 0, stolenLeases: 0, tornSeen: 0, acquiresRefused: 0 };
    for (let open = 0; open < opens; open += 1) await openOnce(directory, known, counts);
    await kill(child);
    const { records, lost } = await takeOver(directory, known);
    const cutting = await cutEverywhere(directory);
    return { opens, ...counts, lostRecords: counts.lostRecords + lost, records, ...cutting };
  } finally {
    await kill(child);
    await rm(directory, { recursive: true });
  }
}

type Counts = { lostRecords: number; stolenLeases: number; tornSeen: number; acquiresRefused: number };

async function openOnce(directory: string, known: ReadonlyMap<string, number>, counts: Counts): Promise<void> {
  const [release, seq] = [...known].at(-1)!;
  const file = await readFile(join(directory, 'releases', release, '000001.jsonl'));
  if (file.at(-1) !== 0x0a) counts.tornSeen += 1;
  const journal = fileJournal(directory);
  counts.lostRecords += await missing(journal, release, seq);
  const session = await journal.join({ id: 'opener', ttlMs });
  try {
    await session.acquire([releaseResource(release)]);
    counts.stolenLeases += 1;
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
    counts.acquiresRefused += 1;
  }
  await session.close();
}

/** How many of the first `seq` records are not where they must be. */
async function missing(journal: Journal, release: string, seq: number): Promise<number> {
  const read = await journal.read(release);
  const wrong = read.filter((record, index) => record.seq !== index + 1 || record.event.at !== index + 1).length;
  return Math.max(0, seq - read.length) + wrong;
}

async function takeOver(directory: string, known: ReadonlyMap<string, number>) {
  const journal = fileJournal(directory);
  const session = await journal.join({ id: 'heir', ttlMs });
  let [records, lost] = [0, 0];
  for (const release of await journal.releases()) {
    const lease = await session.acquire([releaseResource(release)]);
    const writer = await lease.writer(release);
    const before = (await journal.read(release)).length;
    await writer.append([{ type: 'taken-over', at: before + 1 }]);
    lost += await missing(journal, release, Math.max(known.get(release) ?? 0, before + 1));
    records += before + 1;
  }
  await session.close();
  return { records, lost };
}

/** Cuts the beginning of a real segment at every byte; what is read must be the records of its whole lines. */
async function cutEverywhere(directory: string): Promise<{ cuts: number; wrongPrefixes: number }> {
  const journal = fileJournal(directory);
  const release = (await journal.releases())[0]!;
  const folder = join(directory, 'releases', release);
  const whole = (await readFile(join(folder, '000001.jsonl'))).subarray(0, 6_000);
  const records = await journal.read(release);
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  await mkdir(join(folder, 'inbox'));
  let wrongPrefixes = 0;
  for (let length = 0; length <= whole.length; length += 1) {
    await writeFile(join(folder, '000001.jsonl'), whole.subarray(0, length));
    const wholeLines = whole.subarray(0, length).filter((byte) => byte === 0x0a).length;
    // The first line is the header: a segment without it is refused, not guessed.
    const expected = wholeLines === 0 ? 'journal/corrupt' : JSON.stringify(records.slice(0, wholeLines - 1));
    const found = await journal
      .read(release)
      .then(JSON.stringify, (error: unknown) => (error as { code: string }).code);
    if (found !== expected) wrongPrefixes += 1;
  }
  return { cuts: whole.length + 1, wrongPrefixes };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = Promise.all([once(child, 'close'), once(child, 'disconnect')]);
  child.kill('SIGKILL');
  await gone;
}

/** The child: one record after the other, some so long that readers meet half of it, release after release. */
async function appendForEver(directory: string): Promise<void> {
  const session = await fileJournal(directory).join({ id: 'appender', ttlMs });
  setInterval(() => void session.renew(), ttlMs / 10);
  for (let number = 1; process.connected; number += 1) await fillRelease(session, `live-${number}`);
}

async function fillRelease(session: JournalSession, release: string): Promise<void> {
  const writer = await (await session.acquire([releaseResource(release)])).writer(release);
  for (let number = 1; number <= recordsPerRelease; number += 1) {
    const padding = 'x'.repeat(number % 10 === 0 ? 200_000 : 100);
    const [record] = await writer.append([Object.assign({ type: 'filled', at: number }, { padding })]);
    process.send?.({ release, seq: record!.seq } satisfies Recorded);
  }
  await writer.close();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { opens: { type: 'string', default: '1000' }, json: { type: 'boolean' }, appender: { type: 'string' } },
  });
  if (values.appender !== undefined) return appendForEver(values.appender);
  const report = await runJournalOpens({ opens: Number(values.opens) });
  const { lostRecords, stolenLeases, wrongPrefixes } = report;
  if (lostRecords + stolenLeases + wrongPrefixes > 0) process.exitCode = 1;
  const lines = Object.entries(report).map(([name, value]) => `${name}: ${value}`);
  process.stdout.write(`${values.json ? JSON.stringify(report) : lines.join('\n')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
