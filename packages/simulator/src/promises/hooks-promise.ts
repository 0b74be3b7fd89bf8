import { found, type JudgedRelease } from './judged.js';

/** Migrations and hooks have their place: what the new version needs before it is deployed, what the old one needed after it. */
export function hooksKeepTheirPlace(judged: JudgedRelease): string[] {
  const { state, records } = judged;
  const { expand = [], contract = [] } = state.plan.migrations ?? {};
  const problems: string[] = [];
  const done = new Set<string>();
  const gone = new Set<string>();
  for (const { event } of records) {
    if (event.type === 'slot-retired') gone.add(event.service);
    if (event.type === 'hook-settled') {
      const [moment] = event.hook.split('/');
      const isEarly = moment === 'contract' && !oldAreGone(judged, gone);
      if (isEarly) problems.push(found('hooks', event.at, judged, `${event.hook} ran before the old version was gone`));
      if (event.failure === null) done.add(event.hook);
    }
    if (event.type === 'effect-started' && event.write.kind === 'converge' && event.write.version !== null) {
      const missing = expand.find((name) => !done.has(`expand/${name}`));
      if (missing !== undefined) problems.push(found('hooks', event.at, judged, `deployed before ${missing} was done`));
    }
  }
  const missing = state.phase === 'promoted' ? contract.find((name) => !done.has(`contract/${name}`)) : undefined;
  return missing === undefined
    ? problems
    : [...problems, found('hooks', judged.ledger.at, judged, `promoted without ${missing}`)];
}

function oldAreGone({ state }: JudgedRelease, gone: ReadonlySet<string>): boolean {
  return Object.entries(state.services).every(([name, { roles }]) => roles?.active == null || gone.has(name));
}
