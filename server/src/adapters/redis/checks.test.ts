import { describe, expect, it } from 'vitest';
import { judge, type ServerFacts } from './checks.ts';

const FIT: ServerFacts = {
  version: '7.0.15',
  role: 'master',
  evictionPolicy: 'noeviction',
  aof: true,
  fsync: 'everysec',
};

const problems = (change: ServerFacts, volatile = false) => judge({ ...FIT, ...change }, { volatile }).problems;

describe('the judgement of a Redis', () => {
  it('a fit one has no problems and needs no notes', () => {
    expect(judge(FIT, { volatile: false })).toEqual({ problems: [], notes: [] });
  });

  it.each(['6.2.0', '6.10.1', '7.4.0-v1', '8.0.2', '10.1.0'])('version %s is new enough', (version) => {
    expect(problems({ version })).toEqual([]);
  });

  it.each(['6.0.16', '5.0.14', '4.2.0'])('version %s is too old', (version) => {
    expect(problems({ version })).toEqual([`it is version ${version}: use Redis 6.2 or newer`]);
  });

  it('a volatile store may run without an append-only file, but neither on a replica nor with eviction', () => {
    expect(problems({ aof: false })).toHaveLength(1);
    expect(problems({ aof: false }, true)).toEqual([]);
    expect(problems({ role: 'slave', evictionPolicy: 'allkeys-lru' }, true)).toHaveLength(2);
  });

  it('what is unknown is no problem, and each of it is named', () => {
    const verdict = judge({}, { volatile: false });
    expect(verdict.problems).toEqual([]);
    expect(verdict.notes.join('\n')).toMatch(/version[^]*replica[^]*noeviction[^]*appendonly yes/);
  });

  it('an append-only file that is never synced deserves a note', () => {
    expect(judge({ ...FIT, fsync: 'no' }, { volatile: false })).toMatchObject({
      problems: [],
      notes: [expect.stringContaining('appendfsync')],
    });
  });
});
