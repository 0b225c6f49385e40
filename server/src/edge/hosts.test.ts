import { describe, expect, it } from 'vitest';
import { hostRules, isKnownHost } from './hosts.ts';

const rules = hostRules(['https://relay.example'], ['Other.Example']);

describe('the Host check', () => {
  it.each([
    'relay.example',
    'relay.example:443',
    'RELAY.example.',
    'other.example',
    '127.0.0.1:7460',
    '[::1]:7460',
    '192.0.2.7',
    'localhost:7460',
    'app.localhost',
    'pi.local:7460',
    'relay-a:7460',
    'pi.home.arpa',
    undefined,
  ])('answers to %s', (host) => expect(isKnownHost(rules, host)).toBe(true));

  it.each([
    'evil.example',
    'relay.example.evil.example',
    'notrelay.example',
    '127.0.0.1.nip.io',
    'localhost.evil.example',
    'user@relay.example',
    'relay.example/x',
    '',
    'a b',
  ])('does not answer to %s', (host) => expect(isKnownHost(rules, host)).toBe(false));
});
