import { everythingTo, weights } from '@bluegreen/contract';
import { expect, test } from 'vitest';
import { drainOf } from './drain.js';
import { type Generation, nextIdleSince, printGeneration, readGeneration } from './generation.js';
import { readOptions } from './settings.js';

const at = 1_000_000;
const settings = (now: number) =>
  readOptions({
    service: 'web',
    upstreams: { blue: ['127.0.0.1:9101'], green: ['127.0.0.1:9102'] },
    userKey: { cookie: 'uid' },
    longestRequest: '10s',
    now: () => now,
  });
const generation = (target: Generation['target'], idleSince: Generation['idleSince']): Generation => ({
  service: 'web',
  fence: { epoch: 1, sequence: 1 },
  key: 'k',
  target,
  idleSince,
});
const onGreen = everythingTo('green');
const never = { blue: null, green: null };

test('S11: the bound of a slot runs from the switch that cut it off', () => {
  const cut = generation(onGreen, never);
  expect(drainOf(settings(at), cut, at).blue).toEqual({ kind: 'bounded', atMostMs: 10_000 });
  expect(drainOf(settings(at + 4_000), cut, at).blue).toEqual({ kind: 'bounded', atMostMs: 6_000 });
  expect(drainOf(settings(at + 11_000), cut, at).blue).toEqual({ kind: 'bounded', atMostMs: 0 });
});

test('a clock that went back shortens nothing', () => {
  expect(drainOf(settings(at - 5_000), generation(onGreen, never), at).blue).toEqual({
    kind: 'bounded',
    atMostMs: 10_000,
  });
});

test('a slot that can be reached keeps the whole bound, also by an audience or the preview alone', () => {
  const audience = { name: 'beta', match: { header: 'x-beta', equals: '1' }, slot: 'blue' as const };
  for (const target of [
    { ...onGreen, weights: weights(50) },
    { ...onGreen, preview: 'blue' as const },
    { ...onGreen, audiences: [audience] },
  ]) {
    expect(drainOf(settings(at + 60_000), generation(target, never), at).blue).toMatchObject({ atMostMs: 10_000 });
  }
});

test('later writes carry the instant on, and a slot that is reached again forgets it', () => {
  const first = { generation: generation(onGreen, never), committedAtMs: at };
  const second = { generation: generation(onGreen, nextIdleSince(onGreen, first)), committedAtMs: at + 3_000 };
  expect(second.generation.idleSince).toEqual({ blue: at, green: null });
  expect(nextIdleSince(onGreen, second)).toEqual({ blue: at, green: null });
  const half = { ...onGreen, weights: weights(50) };
  const third = { generation: generation(half, nextIdleSince(half, second)), committedAtMs: at + 6_000 };
  expect(third.generation.idleSince).toEqual(never);
  expect(nextIdleSince(onGreen, third)).toEqual(never);
});

test('a generation reads back as it was printed, and any changed byte shows', () => {
  const written = generation({ ...onGreen, weights: weights(12.3) }, { blue: at, green: null });
  const text = printGeneration(written);
  expect(readGeneration(text)).toEqual(written);
  expect(readGeneration(text.replace('12.3', '12.4'))).toBeNull();
  expect(readGeneration(text.slice(0, -10))).toBeNull();
});
