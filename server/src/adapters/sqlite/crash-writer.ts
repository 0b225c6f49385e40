/** Run by sqlite.test.ts in a process of its own: writes until it is killed and prints what was acknowledged. */
import { newId } from '@treeline/shared';
import { openSqliteStore } from './index.ts';

const [file = '', thread = ''] = process.argv.slice(2);
const store = await openSqliteStore({ file, threadUrl: new URL(thread) });
const session = newId('session');

for (let n = 1; ; n++) {
  const frame = { id: newId('frame'), session, epoch: 1, first: n, count: 1, kind: 'fact', body: `[${n}]` } as const;
  const put = { kind: 'setting', id: 'n', expect: n - 1, value: n } as const;
  const { status } = await store.commit({ ns: 'acme', put: [put], frames: [frame] });
  if (status !== 'committed') throw new Error(`the store said ${status}`);
  process.stdout.write(`${session} ${n}\n`);
}
