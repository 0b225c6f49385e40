import { describe, expect, test } from 'vitest';
import { obstacleTo } from './passkeys.ts';

describe('where passkeys can be', () => {
  test.each([
    ['relay.example', true],
    ['localhost', true],
  ])('a page of %s over a safe connection has them', (hostname, isSecure) => {
    expect(obstacleTo({ hostname, isSecure, isKnown: true })).toBeUndefined();
  });

  test.each([
    ['127.0.0.1', true, 'address 127.0.0.1'],
    ['[::1]', true, 'address [::1]'],
    ['192.168.1.4', false, 'address 192.168.1.4'],
    ['kitchen-pi.local', false, 'need https'],
  ])('a page of %s (secure: %s) is told why it cannot', (hostname, isSecure, why) => {
    expect(obstacleTo({ hostname, isSecure, isKnown: true })).toContain(why);
  });

  test('a browser without them is told so', () => {
    expect(obstacleTo({ hostname: 'localhost', isSecure: true, isKnown: false })).toContain('browser');
  });
});
