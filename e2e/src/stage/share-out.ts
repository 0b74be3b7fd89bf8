/**
 * Plays every job on one of several stages that stand side by side, each of which plays one at a time. While one stage
 * waits for a hold, a drain or a lease, another one works. The first error ends it, when what is under way has ended.
 */
export async function shareOut<Stage, Job>(
  stages: readonly Stage[],
  jobs: readonly Job[],
  play: (stage: Stage, job: Job) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const playAll = async (stage: Stage): Promise<void> => {
    while (next < jobs.length && !failed) {
      const job = jobs[next++]!;
      await play(stage, job).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  const played = await Promise.allSettled(stages.map(playAll));
  for (const each of played) if (each.status === 'rejected') throw each.reason;
}
