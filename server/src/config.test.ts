import { TIMES, TREE_LIMITS } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { readOptions, relayConfig } from './config.ts';

const read = (argv: string[], env: Record<string, string> = {}) => relayConfig(readOptions(argv, env));

describe('the configuration', () => {
  it('has a default for everything', () => {
    const { treeLimits, times, ...config } = read([]);
    expect(config).toMatchObject({
      port: 7460,
      host: '127.0.0.1',
      volatile: false,
      logLevel: 'info',
      allowedOrigins: [],
      trustProxy: [],
    });
    expect(config.dataDir).toMatch(/\.treeline\/relay$/);
    expect(config.redisUrl).toBeUndefined();
    expect(treeLimits).toEqual(TREE_LIMITS);
    expect(times).toEqual({ ...TIMES, flapGraceMs: 5000, keepEndedMs: 0 });
  });

  it('prefers a flag to its variable', () => {
    const env = { TREELINE_PORT: '1', REDIS_URL: 'redis://a', TREELINE_VOLATILE: '1', TREELINE_HOME: '/srv/treeline' };
    expect(read([], env)).toMatchObject({
      port: 1,
      redisUrl: 'redis://a',
      volatile: true,
      dataDir: '/srv/treeline/relay',
    });
    expect(read(['--port', '2', '--redis', 'redis://b', '--data-dir', '/data'], env)).toMatchObject({
      port: 2,
      redisUrl: 'redis://b',
      dataDir: '/data',
    });
  });

  it('takes lists from repeated flags or from commas', () => {
    const origins = ['https://a.example', 'http://b.example:8080'];
    expect(
      read(['--allow-origin', 'https://a.example/', '--allow-origin', 'http://b.example:8080']).allowedOrigins,
    ).toEqual(origins);
    expect(read([], { TREELINE_ALLOWED_ORIGINS: origins.join(', ') }).allowedOrigins).toEqual(origins);
    expect(read([], { TREELINE_TRUST_PROXY: 'loopback,10.0.0.0/8' }).trustProxy).toEqual(['loopback', '10.0.0.0/8']);
  });

  it('takes tree limits and times from variables named after them', () => {
    const config = read([], {
      TREELINE_MAX_DEPTH: '2',
      TREELINE_SPAWNS_PER_MINUTE: '3',
      TREELINE_ESCALATE_AFTER_MS: '500',
    });
    expect(config.treeLimits).toEqual({ ...TREE_LIMITS, maxDepth: 2, spawnsPerMinute: 3 });
    expect(config.times.escalateAfterMs).toBe(500);
  });

  it('takes another place to sign in at whole or not at all, its secret from a file alone, http on this machine alone', () => {
    const env = {
      TREELINE_OIDC_ISSUER: 'https://login.example',
      TREELINE_OIDC_CLIENT_ID: 'treeline',
      TREELINE_OIDC_CLIENT_SECRET_FILE: '/run/secret',
      TREELINE_OIDC_ALLOW: 'ann@example.org, 4711',
    };
    expect(read([]).oidc).toBeUndefined();
    expect(read([], env).oidc).toMatchObject({ allow: ['ann@example.org', '4711'], role: 'viewer' });
    expect(read(['--oidc-role', 'operator', '--oidc-allow', 'ben'], env).oidc).toMatchObject({
      allow: ['ben'],
      role: 'operator',
    });
    for (const name of Object.keys(env))
      expect(() => read([], { ...env, [name]: '' })).toThrow(/^The setting oidc\.\w+ is not valid/);
    expect(() => read([], { TREELINE_OIDC_NAME: 'x' })).toThrow(/^The setting oidc\.\w+ is not valid/);
    expect(read([], { ...env, TREELINE_OIDC_ISSUER: 'http://127.0.0.1:1' }).oidc?.issuer).toBe('http://127.0.0.1:1');
    expect(() => read([], { ...env, TREELINE_OIDC_ISSUER: 'http://login.example' })).toThrow(/https/);
  });

  it('names the setting that is not valid', () => {
    expect(() => read(['--port', '70000'])).toThrow(/^The setting port is not valid/);
    expect(() => read(['--public-url', 'ftp://x'])).toThrow(/^The setting publicUrl is not valid/);
    expect(() => read([], { TREELINE_MAX_DEPTH: 'deep' })).toThrow(/^The setting treeLimits.maxDepth is not valid/);
    expect(() => read(['--nonsense'])).toThrow(/--nonsense/);
    expect(() => read(['--redis', 'http://x'])).toThrow(/^The setting redisUrl is not valid/);
  });
});
