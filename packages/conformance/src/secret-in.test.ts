import { describe, expect, test } from 'vitest';
import { secretIn } from './secret-in.js';

const secret = 'canary-77';

describe('a secret is found', () => {
  test.each([
    ['in a text', `Bearer ${secret}`],
    ['in the message of an error', new Error(secret)],
    ['in its cause', new Error('lost', { cause: new Error('at', { cause: { url: `https://${secret}@store` } }) })],
    ['in a field that is not enumerable', Object.defineProperty({}, 'token', { value: secret, enumerable: false })],
    ['in the name of a field', { [secret]: 1 }],
    ['in a list of errors', new AggregateError([new Error(secret)], 'many')],
  ])('%s', (_, value) => {
    expect(secretIn(value, ['another', secret])).not.toBeNull();
  });
});

test('nothing is found where nothing is, also in a circle', () => {
  const circle: Record<string, unknown> = { text: 'canary' };
  circle.self = circle;
  expect(secretIn(circle, [secret])).toBeNull();
});
