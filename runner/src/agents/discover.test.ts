import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addAgent, agentsFilePath, readAgentsFile, removeAgent } from './agents-file.ts';
import { defaultAgent, discoverAgents } from './discover.ts';

let home: string;
let bin: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'treeline-discover-'));
  bin = join(home, 'bin');
  await mkdir(bin);
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function install(name: string, lines = 'exit 1'): Promise<string> {
  const path = join(bin, name);
  await writeFile(path, `#!/bin/sh\n${lines}\n`);
  await chmod(path, 0o755);
  return path;
}

async function installPackage(name: string, version: string): Promise<void> {
  const folder = join(home, 'lib', 'node_modules', 'some-agent');
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'some-agent', version }));
  await writeFile(join(folder, 'dist', 'cli.js'), '#!/bin/sh\nexit 1\n');
  await chmod(join(folder, 'dist', 'cli.js'), 0o755);
  await symlink(join(folder, 'dist', 'cli.js'), join(bin, name));
}

const discover = () =>
  discoverAgents({ env: { PATH: [bin, '/usr/bin', '/bin'].join(delimiter) }, agentsFile: agentsFilePath(home) });
const find = async (name: string) => (await discover()).find(({ config }) => config.name === name);
const names = async () => (await discover()).map(({ config }) => config.name);

describe('discoverAgents', () => {
  it('always offers command and scripted, and scripted by default', async () => {
    const found = await discover();
    expect(found.map(({ config }) => config.name)).toEqual(['command', 'scripted']);
    expect(defaultAgent(found)).toBe('scripted');
  });

  it('offers what is on the PATH, with its whole path and arguments, the best first', async () => {
    const gemini = await install('gemini');
    await install('codex-acp');
    expect(await names()).toEqual(['codex', 'gemini', 'command', 'scripted']);
    expect((await find('gemini'))?.config).toMatchObject({ kind: 'acp', command: [gemini, '--acp'] });
    expect(defaultAgent(await discover())).toBe('codex');
  });

  it('does not take a file for a program that may not be executed', async () => {
    await chmod(await install('pi'), 0o644);
    expect(await names()).not.toContain('pi');
  });

  it('reads the version from the package of the program without running it', async () => {
    await installPackage('claude-agent-acp', '0.100.0');
    expect(await find('claude')).toMatchObject({ version: '0.100.0' });
  });

  it('asks the program where no package tells, and goes on without an answer', async () => {
    await install('opencode', 'echo "opencode v1.18.33 (linux)"');
    await install('pi', 'exit 3');
    expect(await find('opencode')).toMatchObject({ version: '1.18.33' });
    expect(await find('pi')).not.toHaveProperty('version');
  });

  it('shows the new version after an update in place', async () => {
    await install('pi', 'echo 0.87.1');
    expect(await find('pi')).toMatchObject({ version: '0.87.1' });
    await install('pi', 'echo 0.100.22');
    expect(await find('pi')).toMatchObject({ version: '0.100.22' });
  });

  it('says what is missing when an agent is here without its adapter, and does not choose it', async () => {
    await install('claude');
    await install('pi');
    const found = await discover();
    const claude = found.find(({ config }) => config.name === 'claude');
    expect(claude?.problem).toMatch(/claude is here, but claude-agent-acp is not.*npm install -g/);
    expect(defaultAgent(found)).toBe('pi');
  });
});

describe('agents.json', () => {
  it('adds an agent by its command line', async () => {
    const program = await install('my-agent');
    await addAgent(home, 'mine', { command: ['my-agent', '--serve'], passEnv: ['MY_KEY'] });
    expect(await find('mine')).toEqual({
      config: { name: 'mine', kind: 'acp', command: ['my-agent', '--serve'], env: {}, passEnv: ['MY_KEY'] },
    });
    await rm(program);
    expect((await find('mine'))?.problem).toContain('my-agent was not found');
  });

  it('changes a known agent, which keeps what is not said anew', async () => {
    const program = await install('codex-acp');
    await addAgent(home, 'codex', { command: [program, '-c', 'x=1'], env: { CODEX_HOME: '/codex' } });
    const codex = await find('codex');
    expect(codex?.config.command).toEqual([program, '-c', 'x=1']);
    expect(codex?.config.env).toMatchObject({ CODEX_HOME: '/codex', NO_BROWSER: '1' });
    expect(codex?.config.passEnv).toContain('OPENAI_*');
    expect((await names()).filter((name) => name === 'codex')).toHaveLength(1);
  });

  it('keeps the other agents, and closes the file to other users', async () => {
    await addAgent(home, 'one', { command: ['one'] });
    await addAgent(home, 'two', { kind: 'pi', command: ['two'], env: { KEY: 'secret' } });
    expect(await removeAgent(home, 'one')).toBe(true);
    expect(await removeAgent(home, 'one')).toBe(false);
    expect(Object.keys(await readAgentsFile(agentsFilePath(home)))).toEqual(['two']);
    expect((await stat(agentsFilePath(home))).mode & 0o077).toBe(0);
  });

  it.each([
    ['no JSON', '{', /agents\.json.*JSON/],
    ['a command line instead of words', '{"a": {"command": "x y"}}', /agents\.json.*a\.command.*expected array/s],
    ['a field that is not known', '{"a": {"command": ["x"], "enviroment": {}}}', /enviroment/],
    ['the name of a built-in agent', '{"scripted": {"command": ["x"]}}', /built in/],
    ['a name that is none', '{"a b": {"command": ["x"]}}', /an agent name such as/],
  ])('says where the file is wrong: %s', async (_what, text, message) => {
    await writeFile(agentsFilePath(home), text);
    await expect(discover()).rejects.toThrow(message);
  });

  it('is left as it was when an addition is refused', async () => {
    await addAgent(home, 'one', { command: ['one'] });
    const before = await readFile(agentsFilePath(home), 'utf8');
    await expect(addAgent(home, 'two', { command: [] })).rejects.toThrow(/two\.command/);
    await expect(addAgent(home, 'command', { command: ['x'] })).rejects.toThrow(/built in/);
    expect(await readFile(agentsFilePath(home), 'utf8')).toBe(before);
  });
});
