import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../config.ts';
import { checkUrl, findRelay } from './relay-access.ts';
import type { Globals } from './globals.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-access-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NO_FLAGS: Globals = {
  json: false,
  quiet: false,
  color: true,
  url: undefined,
  tokenFile: undefined,
  dataDir: undefined,
  profile: undefined,
  timeout: undefined,
};

function find(globals: Partial<Globals> = {}, env: Record<string, string> = {}) {
  const settings = readSettings({ TREELINE_HOME: join(folder, 'home'), ...env });
  return findRelay({ settings, globals: { ...NO_FLAGS, ...globals } });
}

function keep(path: string, access: { url: string; key: string }): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify(access));
  return file;
}

function secret(text: string): string {
  const file = join(folder, 'key');
  writeFileSync(file, text);
  return file;
}

test('where nothing is known, there is no relay', async () => {
  expect(await find()).toBeUndefined();
});

test('a relay that runs here needs no login, and a login wins over it', async () => {
  keep('home/relay/local.json', { url: 'http://127.0.0.1:1', key: 'local' });
  expect(await find()).toMatchObject({ url: 'http://127.0.0.1:1', key: 'local' });
  keep('home/login.json', { url: 'https://relay.example', key: 'login' });
  expect(await find()).toMatchObject({ url: 'https://relay.example', key: 'login' });
});

test('--data-dir means the relay of that folder, whatever else is set', async () => {
  keep('home/login.json', { url: 'https://relay.example', key: 'login' });
  keep('other/local.json', { url: 'http://127.0.0.1:2', key: 'other' });
  const dataDir = join(folder, 'other');
  expect(await find({ dataDir }, { TREELINE_URL: 'http://127.0.0.1:3' })).toMatchObject({
    url: 'http://127.0.0.1:2',
    key: 'other',
  });
  expect(await find({ dataDir: join(folder, 'empty') })).toBeUndefined();
});

test('TREELINE_DATA_DIR moves the folder of the relay that runs here', async () => {
  keep('moved/local.json', { url: 'http://127.0.0.1:4', key: 'moved' });
  expect(await find({}, { TREELINE_DATA_DIR: join(folder, 'moved') })).toMatchObject({ key: 'moved' });
});

test('a URL goes with the key of its file, by flags or by variables', async () => {
  const tokenFile = secret('from-file\nsecond line');
  expect(await find({ url: 'https://a.example/', tokenFile })).toMatchObject({
    url: 'https://a.example',
    key: 'from-file',
  });
  expect(await find({}, { TREELINE_URL: 'https://b.example', TREELINE_KEY_FILE: tokenFile })).toMatchObject({
    url: 'https://b.example',
    key: 'from-file',
  });
});

test('a URL alone takes the key that is known for it, and never that of another', async () => {
  keep('home/login.json', { url: 'https://relay.example', key: 'login' });
  expect(await find({ url: 'https://relay.example' })).toMatchObject({ key: 'login' });
  expect(await find({ url: 'https://other.example' })).toMatchObject({ key: undefined });
});

test('a key file that is empty or missing is a usage error that names it', async () => {
  await expect(find({ url: 'https://a.example', tokenFile: secret('\n') })).rejects.toThrow(/holds no key/);
  await expect(find({ url: 'https://a.example', tokenFile: join(folder, 'none') })).rejects.toThrow(/cannot be read/);
});

test('a URL is taken in its plain form, and never with a secret in it', () => {
  expect(checkUrl('localhost:7460')).toBe('http://localhost:7460');
  expect(checkUrl('https://relay.example/below/?x#y')).toBe('https://relay.example/below');
  expect(() => checkUrl('https://me:pass@relay.example')).toThrow(/secret/);
  expect(() => checkUrl('http://')).toThrow(/no URL/);
});
