/**
 * `pnpm test:faults --mutants [name]`: builds the product with one mistake at a time, runs the faults that bring it to
 * light, and demands that the checker finds it within a minute. Each mistake is a text of the sources that is replaced;
 * one that is not found there exactly once stops the build, so that no mutant rots unseen.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ATTEMPT = 'server/src/services/attempt.ts';
const COMMIT = 'const result = await store.commit(';

export const MUTANTS = [
  {
    name: 'ack-before-write',
    only: 'redis,network.store,relay.kill',
    changes: [
      [
        ATTEMPT,
        COMMIT,
        `const hasty = async (unit: Unit) => {
           const written = store.commit(unit);
           if (unit.inbox?.[0]?.item.kind !== 'prompt') return written;
           written.catch(() => undefined);
           return { status: 'committed' as const, positions: [] };
         };
         const result = await hasty(`,
      ],
    ],
  },
  {
    name: 'no-frame-id-compare',
    only: 'network.store,redis.kill,redis.pause',
    changes: [
      ['server/src/adapters/redis/scripts/log.ts', 'if frame.id == head.frame and', 'if false and'],
      ['server/src/adapters/redis/scripts/log.ts', 'there and there[2][2] == frame.id', 'false'],
    ],
  },
  {
    name: 'sequence-reset-on-reconnect',
    only: 'network.runner,relay,daemon,crash.relay.append,crash.daemon',
    changes: [['server/src/domain/presence.ts', "verdict(forked ? 'new_epoch' : 'resume')", "verdict('new_epoch')"]],
  },
  {
    name: 'drop-on-disconnect',
    only: 'network.runner,relay,daemon',
    changes: [
      [
        'runner/src/worker/session-worker.ts',
        'this.#lastMessage.update(update);',
        'if (this.#link.relayOnline !== true) return; this.#lastMessage.update(update);',
      ],
    ],
  },
  {
    name: 'no-fence',
    only: 'folder.clone',
    changes: [
      ['server/src/domain/presence.ts', 'if (isStale(runner, { generation, instance })) {', 'if (generation < 0) {'],
      ['server/src/sockets/runners.ts', 'if (link.link.fence < hint.fence)', 'if (link.link.fence < 0)'],
      ['server/src/adapters/redis/scripts/append.ts', "fence ~= '' and", 'false and'],
      [
        'server/src/adapters/redis/scripts/commit.ts',
        "if (redis.call('HGET', tag .. 'fences', fence.name) or '0') ~= fence.value then",
        'if false then',
      ],
      ['server/src/domain/presence.ts', 'if (runner?.fence !== input.fence) throw', 'if (runner === undefined) throw'],
    ],
  },
  {
    name: 'success-on-timeout',
    only: 'redis,network.store',
    changes: [
      [
        ATTEMPT,
        COMMIT,
        `const hopeful = (unit: Unit) =>
           store.commit(unit).catch(() => ({ status: 'committed' as const, positions: [] }));
         const result = await hopeful(`,
      ],
    ],
  },
  {
    name: 'answer-without-compare-and-set',
    only: 'network.runner,relay.pause,daemon.pause',
    changes: [
      [
        'server/src/domain/triggers.ts',
        `  const { by, response, action } = input;
  mustBeOpen(trigger);`,
        '  const { by, response, action } = input;',
      ],
    ],
  },
  {
    name: 'newest-first',
    only: 'worker.pause',
    changes: [
      [
        'runner/src/worker/recorder.ts',
        "this.#append({ kind: 'events', records });",
        "this.#append({ kind: 'events', records: records.toReversed() });",
      ],
    ],
  },
  {
    name: 'no-keys',
    only: 'network.http,relay',
    changes: [
      [
        'server/src/services/requests.ts',
        'if (known !== undefined) {',
        'if (known !== undefined && known.digest === "") {',
      ],
    ],
  },
];

/** An esbuild plugin that makes the mistake. */
export function mutation({ name, changes }, root) {
  return {
    name: `mutant ${name}`,
    setup(build) {
      for (const path of new Set(changes.map(([file]) => file))) {
        const filter = new RegExp(`${path.replaceAll(/[/.]/g, '\\$&')}$`);
        build.onLoad({ filter }, () => {
          let contents = readFileSync(join(root, path), 'utf8');
          for (const [, find, replacement] of changes.filter(([file]) => file === path)) {
            if (contents.split(find).length !== 2) throw new Error(`mutant ${name}: "${find}" is not once in ${path}`);
            contents = contents.replace(find, () => replacement);
          }
          return { contents, loader: 'ts' };
        });
      }
    },
  };
}

/** A run takes a minute; on a machine that is busy with other things, some. */
const LIMIT_MS = 400_000;

/** Runs the fault program against the build in `dist`; resolves with whether it found something, and what it said. */
export function hunt({ only }, { dist, program }) {
  const args = [
    program,
    '--store',
    'redis',
    '--minutes',
    '0.4',
    '--settle',
    '10',
    '--seed',
    '1',
    '--only',
    only,
    '--bail',
    '--quiet',
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TREELINE_TEST_DIST: dist },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  let tooLong = false;
  const limit = setTimeout(() => {
    tooLong = true;
    child.kill('SIGTERM');
  }, LIMIT_MS);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(limit);
      if (tooLong) said += `it was not over after ${LIMIT_MS / 1000} s: is this machine busy?\n`;
      resolve({ caught: code === 1 && /^(lost|duplicated|reordered|wrong): /m.test(said), said });
    });
  });
}
