import { formatApiKey } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { agentEnvironment } from './environment.ts';

const key = formatApiKey({ kind: 'runner', id: '0'.repeat(26), secret: 'S'.repeat(40) });
const none = { env: {}, passEnv: [] };

describe('agentEnvironment', () => {
  it('passes what every program needs', () => {
    const base = {
      PATH: '/bin',
      HOME: '/home/robin',
      LC_TIME: 'de_DE',
      XDG_RUNTIME_DIR: '/run/1',
      https_proxy: 'http://p',
    };
    expect(agentEnvironment({ base, config: none })).toEqual(base);
  });

  it('keeps every other variable of the runner to itself', () => {
    const base = {
      PATH: '/bin',
      AWS_SECRET_ACCESS_KEY: 'canary',
      OPENAI_API_KEY: 'canary',
      REDIS_URL: 'redis://:canary@h',
      NODE_OPTIONS: '--canary',
    };
    expect(JSON.stringify(agentEnvironment({ base, config: none }))).not.toContain('canary');
  });

  it('passes what the agent is granted, by name and by a name that ends in *', () => {
    const base = { OPENAI_API_KEY: 'a', CODEX_HOME: '/codex', CODEX_SQLITE: 'b', OPENAI_ORG: 'c' };
    const config = { env: {}, passEnv: ['OPENAI_API_KEY', 'CODEX_*'] };
    expect(agentEnvironment({ base, config })).toEqual({
      OPENAI_API_KEY: 'a',
      CODEX_HOME: '/codex',
      CODEX_SQLITE: 'b',
    });
  });

  it('sets the env of the agent over what is passed', () => {
    const config = { env: { HOME: '/elsewhere', MODE: 'x' }, passEnv: [] };
    expect(agentEnvironment({ base: { HOME: '/home/robin' }, config })).toEqual({ HOME: '/elsewhere', MODE: 'x' });
  });

  it.each([
    ['a name that is granted by *', { base: { TREELINE_TOKEN: key }, config: { env: {}, passEnv: ['*'] } }],
    [
      'a name that is granted exactly',
      { base: { TREELINE_TOKEN: 'canary' }, config: { env: {}, passEnv: ['TREELINE_TOKEN'] } },
    ],
    ['another name for a relay key', { base: { MY_KEY: `x ${key}` }, config: { env: {}, passEnv: ['MY_KEY'] } }],
    ['the env of the agent', { base: {}, config: { env: { TREELINE_HOME: '/h', KEY: key }, passEnv: [] } }],
    ['what is allowed to all', { base: { TMPDIR: key }, config: none }],
    ['what Treeline sets', { base: {}, config: none, extra: { KEY: key } }],
  ])('lets no credential of Treeline through: %s', (_how, options) => {
    expect(agentEnvironment(options)).toEqual({});
  });

  it('keeps the mark of the session, and what Treeline sets', () => {
    const env = agentEnvironment({
      base: { TREELINE_SESSION: 'ses_1' },
      config: none,
      extra: { TREELINE_SHARE_URL: 'http://h/s/1' },
    });
    expect(env).toEqual({ TREELINE_SESSION: 'ses_1', TREELINE_SHARE_URL: 'http://h/s/1' });
  });
});
