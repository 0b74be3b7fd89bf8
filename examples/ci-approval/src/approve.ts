import type { Settings } from './settings.js';

/** A person, on whatever host process shares the journal: it is recorded, whether somebody drives the release or not. */
export async function approve({ open, release: id }: Settings): Promise<void> {
  const releaser = open();
  await releaser.approve(id, 'go-live', { by: 'ann', reason: 'the preview looks good' });
  console.log('approved by ann');
  await releaser.close();
}
