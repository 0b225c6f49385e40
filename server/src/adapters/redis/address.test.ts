import { describe, expect, it } from 'vitest';
import { printableAddress } from './address.ts';

describe('the address of a Redis', () => {
  it.each([
    ['redis://localhost', 'redis://localhost'],
    ['redis://127.0.0.1:6390/', 'redis://127.0.0.1:6390'],
    ['rediss://user:s3cret@redis.example:6380/2', 'rediss://redis.example:6380/2'],
    ['redis://:s3cret@[::1]:6390/0?family=6', 'redis://[::1]:6390/0'],
  ])('is printed without credentials: %s', (url, printed) => {
    expect(printableAddress(url)).toBe(printed);
  });

  it.each([
    'redis://user:s3cret/x@host',
    'redis://user:1234/s3cret@host',
    'redis://user:1234?s3cret@host',
    'redis://user:1234#s3cret@host',
    'redis://:s3cret',
    'http://user:s3cret@host',
    's3cret',
    '',
  ])('is refused without repeating any of it when it is no such address: %s', (url) => {
    expect(() => printableAddress(url)).toThrow(/expected redis:\/\//);
    expect(() => printableAddress(url)).not.toThrow(/s3cret|1234/);
  });
});
