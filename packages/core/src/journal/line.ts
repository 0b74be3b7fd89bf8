import { crc32 } from 'node:zlib';

const newline = 0x0a;
const checksumLength = 8;

/** One line of a journal file: checksum, space, JSON. JSON text never holds a line break. */
export function encodeLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(checksumLength, '0')} ${json}\n`;
}

/** What is wrong with a line is no value of JSON. */
export const damaged = Symbol('damaged');

/**
 * The values of the complete lines of a file, `damaged` for each whose checksum does not match. A tail without a line
 * break was torn off, or is still being written: it is left out.
 */
export function* decodeLines(bytes: Uint8Array): Generator<unknown> {
  let start = 0;
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
    yield decodeLine(bytes.subarray(start, end));
    start = end + 1;
  }
}

function decodeLine(line: Uint8Array): unknown {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const checksum = text.toString('latin1', 0, checksumLength + 1);
  const json = text.subarray(checksumLength + 1);
  if (!/^[0-9a-f]{8} $/.test(checksum) || Number.parseInt(checksum, 16) !== crc32(json)) return damaged;
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return damaged;
  }
}
