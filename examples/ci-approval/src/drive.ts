import type { Settings } from './settings.js';

/** Takes over what nobody drives, as a server does that runs all the time, and prints what happens until it is over. */
export async function drive({ open, release: id }: Settings): Promise<void> {
  const releaser = open();
  process.once('SIGTERM', () => void releaser.close().then(() => process.exit(0)));
  await releaser.recover({ follow: true });
  const release = await releaser.get(id);
  for await (const event of release) {
    if (event.type === 'phase-entered') console.log(event.phase);
    if (event.type === 'step-reached') console.log(`  ${event.percent} % of the users`);
  }
  console.log((await release.explain()).sentence);
  await releaser.close();
}
