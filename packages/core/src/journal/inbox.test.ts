import { type JournalWriter, releaseResource } from '@bluegreen/contract';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fileJournal } from './file-journal.js';
import type { FileSystem } from './file-system.js';
import { SimulatedHost } from './simulated-host.fixture.js';

const inbox = '/journal/releases/r1/inbox';

let host: SimulatedHost;
let disk: FileSystem;
let writer: JournalWriter;

beforeEach(async () => {
  host = new SimulatedHost();
  disk = host.disk.fileSystem();
  const session = await host.start().journal.join({ id: 'one', ttlMs: 10_000 });
  writer = await (await session.acquire([releaseResource('r1')])).writer('r1');
  await writer.append([{ type: 'a', at: 1 }]);
});

function send(id: string): Promise<void> {
  return host.start().journal.send('r1', { id, type: 'pause', at: 1 });
}

async function waiting(): Promise<readonly string[]> {
  return (await writer.commands()).map((command) => command.id);
}

async function put(path: string, text: string): Promise<void> {
  await (await disk.create(path)).write(Buffer.from(text));
}

describe('the inbox of a release', () => {
  test('sets aside what is no command, and keeps it for a person', async () => {
    await send('good');
    await put(`${inbox}/00000000.torn`, '{"id":"torn","ty');
    await put(`${inbox}/00000002.incomplete`, '{"id":"incomplete","type":"pause"}');
    await put(`${inbox}/00000003.named`, '{"id":"otherwise","type":"pause","at":1}');
    expect(await waiting()).toEqual(['good']);
    expect(await disk.list(inbox)).toEqual(['00000001.good']);
    const aside = await disk.list('/journal/releases/r1/set-aside');
    expect([...aside].sort()).toEqual(['00000000.torn', '00000002.incomplete', '00000003.named']);
    await send('next');
    expect(await waiting()).toEqual(['good', 'next']);
  });

  test('is made again when a copy of the journal left it out, and is empty until then', async () => {
    await disk.removeDirectory(inbox);
    expect(await waiting()).toEqual([]);
    await writer.forget(['x']);
    await send('x');
    expect(await waiting()).toEqual(['x']);
  });

  test('leaves out a command that is forgotten while it is read', async () => {
    await send('x');
    const slow = host.start(async (call) => {
      if (call.name === 'read' && call.path.startsWith(inbox)) await writer.forget(['x']);
      return call.run();
    });
    host.advance(20_000);
    const lease = await (await slow.journal.join({ id: 'two', ttlMs: 10_000 })).acquire([releaseResource('r1')]);
    expect(await (await lease.writer('r1')).commands()).toEqual([]);
  });
});

describe('a watch where the system reports no changes', () => {
  test('looks again and again, until it is stopped; a look that fails is repeated', async () => {
    const timers: (() => void)[] = [];
    let refusing = false;
    const looks: string[] = [];
    const fileSystem = host.disk.fileSystem((call) => {
      if (call.name === 'list' && call.path === inbox) looks.push(call.path);
      if (refusing && call.name === 'list') throw new Error('EMFILE');
      return call.run();
    });
    const time = {
      now: () => host.wallMs,
      wallMs: () => host.wallMs,
      monotonicMs: () => host.monotonicMs,
      setTimeout: (run: () => void) => timers.push(run),
      clearTimeout: () => timers.splice(0),
    };
    const journal = fileJournal('/journal', { fileSystem, time });
    host.advance(20_000);
    const session = await journal.join({ id: 'two', ttlMs: 10_000 });
    const watching = await (await session.acquire([releaseResource('r1')])).writer('r1');
    const onCommand = vi.fn();
    const stop = watching.watch(onCommand);
    const look = async () => {
      const before = looks.length;
      timers.shift()!();
      while (looks.length === before) await new Promise(setImmediate);
      await new Promise(setImmediate);
    };
    await look();
    expect(onCommand).toHaveBeenCalledTimes(0);
    await send('x');
    refusing = true;
    await look();
    expect(onCommand).toHaveBeenCalledTimes(0);
    refusing = false;
    await look();
    await look();
    expect(onCommand).toHaveBeenCalledTimes(1);
    await send('y');
    await look();
    expect(onCommand).toHaveBeenCalledTimes(2);
    stop();
    expect(timers).toEqual([]);
  });
});
