// Releases embedded in real processes, which are killed and told to end at random instants: a CI job, a person and a
// driver as three processes, and two servers for fifty services that people and a change board decide about. Both are the
// programs of `examples/`.
// Arguments: --json, --stories N (default 40), --services N (default 50), --rounds N (default 2), --seed N.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startChat } from './embed/chat.js';
import { serverRounds } from './embed/server-rounds.js';
import { stories } from './embed/stories.js';
import { everyRoleWasEnded, noTally, type Stage } from './embed/tally.js';
import { seededRandom } from './stage/seeded-random.js';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      stories: { type: 'string', default: '40' },
      services: { type: 'string', default: '50' },
      rounds: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
    },
  });
  console.error(`seed ${values.seed}`);
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-embed-'));
  const chat = await startChat();
  const random = seededRandom(Number(values.seed));
  const tally = noTally();
  const stage: Stage = { directory, chat, random, tally };
  try {
    await stories(stage, Number(values.stories));
    await serverRounds(stage, { rounds: Number(values.rounds), count: Number(values.services) });
  } finally {
    await chat.close();
    rmSync(directory, { recursive: true });
  }
  const { problems, ...figures } = tally;
  for (const problem of problems) console.error(problem);
  const { heard, outOfOrder: notificationsOutOfOrder } = chat;
  const result = { ...figures, notificationsOutOfOrder, notices: heard, problems: problems.length };
  console.log(values.json ? JSON.stringify(result) : result);
  const { approvalsLost, answersLost, effectsTwice, writes } = figures;
  const bad = approvalsLost + answersLost + effectsTwice + notificationsOutOfOrder + problems.length;
  // A run in which somebody was never ended, or nothing was heard or written, has shown nothing.
  const hasShown = everyRoleWasEnded(tally) && writes > 0 && heard > 0;
  return bad === 0 && figures.runs === figures.converged && hasShown ? 0 : 1;
}

process.exitCode = await main();
