import { describe, expect, it } from 'vitest';
import { giveCommand } from './command.js';
import type { Drives } from './drives.js';
import { memoryJournal } from './journal/memory-journal.js';
import { readState } from './read-journal.js';
import { MemoryService } from './releaser.fixture.js';
import { createReleaser } from './releaser.js';

const policy = {
  verify: { gates: [{ approval: 'go-live', from: ['ann'], expires: '1h', onExpiry: 'rollback' }] },
  shift: [{ to: 100 }],
  limits: { poll: '10ms' },
} as const;
const approve = { type: 'approval-granted', gate: 'go-live', by: 'ann', reason: 'fine' } as const;

/** A release that waits for its approval, driven by another process, and what this one believes of it. */
async function lost() {
  const journal = memoryJournal();
  const releaser = createReleaser({ services: { web: new MemoryService().service }, journal });
  const release = await releaser.start({ id: 'r1', versions: { web: 'v2' }, policy, requestedBy: 'ci' });
  const stale = await readState(journal, 'r1');
  await release.until('approval-requested');
  // It was stopped, lost its lease, and does not know: its drive has the old state and collects nothing.
  const drive = { state: stale, collectCommands: async () => {} };
  const drives = { get: () => drive } as unknown as Drives;
  const context = { journal, drives, clock: { now: () => Date.now() } as never, authorize: undefined };
  return { context, release, releaser };
}

describe('a command to a release that this process has lost without knowing', () => {
  it('is judged by the journal, and applied by the owner', async () => {
    const { context, release, releaser } = await lost();
    expect(context.drives.get('r1')!.state.phase).toBe('preparing');
    await giveCommand(context, 'r1', approve, 'c1');
    expect((await release.done).kind).toBe('promoted');
    await releaser.close();
  });

  it('is refused when the journal refuses it, too', async () => {
    const { context, releaser } = await lost();
    await expect(giveCommand(context, 'r1', { ...approve, gate: 'no-such' }, 'c1')).rejects.toMatchObject({
      code: 'release/approval-unknown',
    });
    await releaser.close();
  });
});
