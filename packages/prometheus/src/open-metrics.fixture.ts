/** One sample for the history of a Prometheus: `series` with its labels as PromQL writes it. */
export interface PastSample {
  readonly series: string;
  readonly at: number;
  readonly value: number;
}

/** Samples as OpenMetrics text that promtool reads. Families are told by the name up to `_total`, `_bucket` and so on. */
export function openMetrics(samples: readonly PastSample[]): string {
  const families = new Map<string, PastSample[]>();
  for (const sample of samples) {
    const family = sample.series.replace(/\{.*$/, '').replace(/_(total|bucket|count|sum)$/, '');
    families.set(family, [...(families.get(family) ?? []), sample]);
  }
  const lines = [...families].flatMap(([family, own]) => [
    `# TYPE ${family} ${own[0]!.series.includes('_total{') ? 'counter' : 'unknown'}`,
    ...[...own]
      .sort((a, b) => (a.series < b.series ? -1 : a.series > b.series ? 1 : a.at - b.at))
      .map(({ series, at, value }) => `${series} ${value} ${(at / 1_000).toFixed(3)}`),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}
