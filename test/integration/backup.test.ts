/** Backing up a relay that works, and restoring into a folder where none runs. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rig } from '@treeline/test-support/rig.ts';
import { afterEach, expect, test } from 'vitest';

let rig: Rig;
afterEach(() => rig.close());

const NOTHING = { prompt: '{"steps":[]}', agent: 'scripted' };

async function startSession(title: string): Promise<string> {
  const { id } = await rig.api.createSession({ body: { ...NOTHING, title } });
  return id;
}

const titles = async () => (await rig.api.listSessions()).sessions.map(({ title }) => title);

test('a backup of a running relay is whole, private, and brings back what it held', async () => {
  rig = await Rig.open({ store: 'embedded' });
  await rig.runner('one');
  await startSession('before');
  const file = join(rig.folder, 'work', 'copy.db');
  const made = await rig.cli(['relay', 'backup', file, '--json']);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.json()).toMatchObject({ file, bytes: statSync(file).size });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await rig.cli(['relay', 'backup', file])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--force'),
  });
  await startSession('after');
  expect(await titles()).toEqual(['after', 'before']);

  const running = await rig.cli(['relay', 'restore', file, '--yes']);
  expect(running).toMatchObject({ code: 1, stderr: expect.stringContaining('A relay is running') });
  await rig.relay.stop();
  const refused = await rig.cli(['relay', 'restore', file]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/There is a store in .*--yes/) });
  const restored = await rig.cli(['relay', 'restore', file, '--yes', '--json']);
  expect(restored).toMatchObject({ code: 0 });
  const { replaced } = restored.json<{ replaced: string }>();
  expect(existsSync(join(replaced, 'relay.db'))).toBe(true);
  await rig.relay.start();
  expect(await titles()).toEqual(['before']);
  expect(statSync(join(rig.relay.dataDir, 'relay.db')).mode & 0o777).toBe(0o600);
  await startSession('later');
  expect(await titles()).toEqual(['later', 'before']);
});

test('a file that is no sound backup is refused before anything is changed', async () => {
  rig = await Rig.open({ store: 'embedded' });
  const file = join(rig.folder, 'work', 'copy.db');
  expect(await rig.cli(['relay', 'backup', file])).toMatchObject({ code: 0 });
  await rig.relay.stop();
  const store = join(rig.relay.dataDir, 'relay.db');
  const before = readFileSync(store);
  const damaged = readFileSync(file).fill(0xa5, 3 * 8192, 5 * 8192);
  for (const [content, why] of [
    [damaged, 'damaged'],
    [Buffer.from('not a database'.repeat(1000)), 'cannot be restored'],
    [Buffer.alloc(0), 'no store of Treeline'],
  ] as const) {
    writeFileSync(file, content);
    const refused = await rig.cli(['relay', 'restore', file, '--yes']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
    expect(refused.stderr).not.toMatch(/^\s+at /m);
    expect(readFileSync(store).equals(before)).toBe(true);
  }
  expect(await rig.cli(['relay', 'restore', `${file}.gone`])).toMatchObject({ code: 1 });
});

test('a relay on Redis says what to do instead', async () => {
  rig = await Rig.open({ store: 'redis' });
  const refused = await rig.cli(['relay', 'backup', 'copy.db']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/Redis.*docs\/operations\.md/) });
});

test('a relay whose store was damaged starts with what is left, and everybody is told', async () => {
  rig = await Rig.open({ store: 'embedded' });
  await rig.runner('one');
  for (let n = 0; n < 40; n++) await startSession(`session ${n}`);
  await rig.relay.stop();
  const store = join(rig.relay.dataDir, 'relay.db');
  writeFileSync(store, readFileSync(store).fill(0xa5, 0, 100));
  await rig.relay.start();
  expect(await titles()).toHaveLength(40);
  const ready = await fetch(new URL('/readyz', rig.relay.url));
  expect(ready.status).toBe(200);
  const recovered = { verdict: 'not-a-database', lost: expect.any(String), at: expect.any(String) };
  expect(await ready.json()).toMatchObject({ ready: true, recovered });
  expect(rig.relay.log()).toContain('The store was damaged (not-a-database)');
  const doctor = await rig.cli(['doctor', '--json']);
  const { findings } = doctor.json<{ findings: { check: string; result: string; detail: string }[] }>();
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'store', result: 'warn', detail: expect.stringContaining('recovered at') }),
  );
});
