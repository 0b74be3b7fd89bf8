/** A native histogram as a process shows it: powers of two as edges, one bucket after the other. */
export interface NativeHistogram {
  readonly metric: string;
  /** How many fell into each bucket; bucket `first + i` holds what lies above 2^(first+i-1) and at most at 2^(first+i). */
  readonly first: number;
  readonly counts: readonly number[];
}

export const nativeContentType =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/**
 * The exposition in Protocol Buffers, the only format of native histograms. Fields by their numbers in
 * https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
export function nativeExposition({ metric, first, counts }: NativeHistogram): Buffer {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const deltas = counts.map((count, index) => count - (counts[index - 1] ?? 0));
  const span = message([field(1, 0), varint(zigzag(first)), field(2, 0), varint(counts.length)]);
  const histogram = message([
    field(1, 0),
    varint(total),
    field(2, 1),
    double(total),
    field(5, 0),
    varint(zigzag(0)),
    field(6, 1),
    double(1e-9),
    field(7, 0),
    varint(0),
    delimited(12, span),
    ...deltas.flatMap((delta) => [field(13, 0), varint(zigzag(delta))]),
  ]);
  const name = Buffer.from(metric);
  const type = 4;
  const family = message([
    delimited(1, name),
    field(3, 0),
    varint(type),
    delimited(4, message([delimited(7, histogram)])),
  ]);
  return message([varint(family.length), family]);
}

function message(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}

function field(number: number, wireType: number): Buffer {
  return varint(number * 8 + wireType);
}

function delimited(number: number, content: Buffer): Buffer {
  return Buffer.concat([field(number, 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
