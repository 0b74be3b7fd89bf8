import { definePolicy } from '@bluegreen/core';
import type { Settings } from './settings.js';

const policy = definePolicy({
  verify: { gates: [{ approval: 'go-live', from: ['ann'], expires: '4h', onExpiry: 'rollback' }] },
  shift: [{ to: 10, hold: '500ms' }, { to: 50, hold: '500ms' }, { to: 100 }],
  bake: { for: '500ms' },
  retire: { after: 'immediately' },
  limits: { poll: '100ms' },
});

/** Deploys the new version beside the old one, and leaves when a person has to decide. A job that is run again goes on. */
export async function ciJob({ open, release: id, version }: Settings): Promise<void> {
  const releaser = open();
  await releaser.recover({ follow: true });
  const release = await releaser.start({ id, versions: { web: version }, policy, requestedBy: 'ci' });
  const asked = await release.until('approval-requested');
  console.log((await release.explain()).sentence);
  if (asked !== null) console.log(`approve ${asked.gate} until ${new Date(asked.expiresAt).toISOString()}`);
  await releaser.close(); // leaves the release as it is; it never rolls back
}
