import type { SimulateOptions, simulateCrashes, Trouble } from '@bluegreen/simulator/explore';

type Calm = ReturnType<typeof simulateCrashes>;
type Named = readonly [name: string, trouble: Trouble];

/** Releases in which people say something in every phase. */
const commanded: readonly string[] = ['canary', 'all at once', 'unattended, router without stamps'];
/** Releases behind routers on which a write may land late, and that refuse none for certain. */
const late: readonly string[] = ['guarded, lagging router', 'unattended, router without stamps'];

/** Somebody takes the release back, or pauses it for a while, right after each phase and each step begins. */
export function commandTroubles(release: string, { records, ledger }: Calm): readonly Named[] {
  if (!commanded.includes(release)) return [];
  const instants = new Map<string, number>();
  for (const { event } of records) {
    const at = event.at - ledger.startedAt + 10;
    if (event.type === 'phase-entered') instants.set(event.phase, at);
    if (event.type === 'step-entered' || event.type === 'step-reached') instants.set(`${event.type} ${event.step}`, at);
    if (event.type === 'teardown-begun') instants.set('teardown', at);
  }
  return [...instants].flatMap(([when, afterMs]): Named[] => [
    [`taken back at ${when}`, { faults: [], crashes: [], commands: [{ afterMs, command: 'rollback' }] }],
    [
      `paused at ${when}`,
      {
        faults: [],
        crashes: [],
        commands: [
          { afterMs, command: 'pause' },
          { afterMs: afterMs + 120_000, command: 'resume' },
        ],
      },
    ],
  ]);
}

/** Each write to the router is given up and lands late, with its owner or after it. */
export function lateTroubles(
  release: string,
  { service }: SimulateOptions,
  { boundaries, ledger }: Calm,
): readonly Named[] {
  if (!late.includes(release)) return [];
  const lateWriteMs = service?.router?.capabilities?.lateWriteMs ?? 0;
  const requests = boundaries.filter(({ kind, what }) => kind === 'request-sent' && what === 'route');
  const landings = ['after-next-write', { afterMs: lateWriteMs - 200 }] as const;
  return requests.flatMap(({ index, at }, place) =>
    landings.flatMap((lands, which): Named[] => {
      const faults = [{ at: { operation: 'route', call: place + 1 }, fault: 'hang', lands }] as const;
      const name = `write ${place + 1} lands late ${which + 1}`;
      return [
        [name, { faults, crashes: [] }],
        [
          `${name}, taken back`,
          { faults, crashes: [], commands: [{ afterMs: at - ledger.startedAt + 1_000, command: 'rollback' }] },
        ],
        [`${name}, its owner dies`, { faults, crashes: [{ boundary: index, absentMs: 0 }] }],
      ];
    }),
  );
}
