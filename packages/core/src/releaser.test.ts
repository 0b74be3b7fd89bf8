import { describe, expect, it } from 'vitest';
import { fileJournal } from './journal/file-journal.js';
import { memoryJournal } from './journal/memory-journal.js';
import { createReleaser } from './releaser.js';
import { MemoryService } from './releaser.fixture.js';

const policy = { shift: [{ to: 10 }, { to: 100 }], retire: { after: 'immediately' }, limits: { poll: '10ms' } } as const;

describe('a releaser', () => {
  it('takes a release from its request to its end', async () => {
    const web = new MemoryService();
    const releaser = createReleaser({ services: { web: web.service }, journal: memoryJournal() });
    const release = await releaser.start({ versions: { web: 'v2' }, policy, requestedBy: 'ci' });
    const outcome = await release.done;
    expect(outcome.kind).toBe('promoted');
    const types: string[] = [];
    for await (const event of release) types.push(event.type);
    expect(types.at(-1)).toBe('release-finished');
    expect(web.target?.weights).toEqual({ blue: 0, green: 100 });
    expect(web.running.blue.version).toBe(null);
    await releaser.close();
  });
});
