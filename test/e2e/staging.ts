/** A relay with something to see: a release that needs a person three levels down, work that goes on, and work that is over. */
import { cp } from 'node:fs/promises';
import type { RunnerId, ScriptStep, SessionId, TriggerId } from '@treeline/shared';
import { until } from '@treeline/test-support/until.ts';
import type { Rig } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { untilAsked, untilEnded, untilSession } from '@treeline/test-support/sessions.ts';

export interface Staged {
  readonly release: SessionId;
  readonly refactor: SessionId;
  readonly tests: SessionId;
  readonly docs: SessionId;
  readonly failed: SessionId;
  /** A permission that has to be held. */
  readonly danger: TriggerId;
  /** A machine whose folder was copied to another one. */
  readonly copied: RunnerId;
  /** The machine that most of it runs on. */
  readonly runner: RunnerId;
  /** The address of a link that shows the release, with its secret. */
  readonly shared: string;
}

export const QUESTION = 'The token tests pass with RS256 and with ES256. Which one shall the API use from now on?';
export const OPTIONS = ['RS256: every client can verify it', 'ES256: shorter tokens', 'Keep both for one release'];
export const CONTEXT = 'Both work. This binds every client, so it is not mine to decide.';
export const PLAN = `## Move the docs to the new layout

1. Split \`guide.md\` into *install*, *first tree* and *operations*
2. Check every command of the README on a fresh machine
3. Redirect the old addresses

**Risk**: links from outside break until step 3 is live.`;

/** Starts sessions and waits until everything of them stands still. */
export async function stage(rig: Rig, { pi, desk }: { pi: RunnerProcess; desk: RunnerProcess }): Promise<Staged> {
  const start = (title: string, runner: RunnerProcess, steps: readonly ScriptStep[], parentId?: SessionId) =>
    startTitled(rig, { title, runner, steps, ...(parentId !== undefined && { parentId }) });

  const release = await start('Release 2.3', desk, [
    { think: 'The release needs the API work, the docs and a changelog. I hand out the first two.' },
    {
      say: 'I split the release in three:\n\n- **API refactor** on `kitchen-pi`, with its own tests\n- **Docs** here\n- the changelog, which I write myself',
    },
    { tool: { name: 'git log --oneline v2.2..HEAD', input: { command: 'git log --oneline v2.2..HEAD' }, output: LOG } },
    { say: 'Changelog drafted. I wait for both.' },
    { escalate: 'The layout is a matter of taste.' },
    { waitForMessage: true },
  ]);
  const refactor = await start(
    'API refactor',
    pi,
    [
      { say: 'Moved the token code into `auth/tokens.ts`. A child runs the test matrix.' },
      { escalate: CONTEXT },
      { waitForMessage: true },
    ],
    release,
  );
  const tests = await start(
    'Test matrix',
    pi,
    [
      { think: 'Three runtimes, two signatures. I run them all before I say anything.' },
      { tool: { name: 'pnpm test --project tokens', input: { command: 'pnpm test --project tokens' }, output: TESTS } },
      {
        say: 'All six combinations pass:\n\n| runtime | RS256 | ES256 |\n| --- | --- | --- |\n| Node 20 | 14 ms | 9 ms |\n| Node 22 | 12 ms | 8 ms |\n| Node 24 | 11 ms | 7 ms |',
      },
      { ask: { question: QUESTION, options: OPTIONS } },
      { say: 'Going on with: $answer' },
      { finish: 'The test matrix is green with the chosen signature.' },
    ],
    refactor,
  );
  await untilEscalated(rig, release, QUESTION);
  const docs = await start(
    'Docs',
    desk,
    [{ plan: PLAN }, { say: 'Decided: $answer' }, { waitForMessage: true }],
    release,
  );
  await untilEscalated(rig, release, PLAN);

  const failed = await start('Nightly backup check', pi, [
    { tool: { name: 'restic check', input: { command: 'restic check' }, output: 'repository is locked by pid 4211' } },
    { crash: 3 },
  ]);
  const done = await start('Rename the staging host', desk, [
    { say: 'Renamed in three places.' },
    { finish: 'The host is called `anvil` now; nothing refers to the old name.' },
  ]);
  const updates = await start('Dependency updates', desk, [
    { say: 'Three packages are behind. Each goes in by itself, so that a break names its package.' },
    { escalate: 'It runs install scripts of others.' },
    { escalate: 'It runs install scripts of others.' },
    { escalate: 'It runs install scripts of others.' },
    { waitForMessage: true },
  ]);
  await Promise.all(
    ['zod', 'express', 'vitest'].map((name) =>
      start(
        `Update ${name}`,
        desk,
        [
          {
            permission: {
              title: 'Run a command',
              command: `pnpm update ${name} --latest && pnpm test`,
              toolKind: 'execute',
              why: `The new ${name} has to pass the tests before it is kept.`,
            },
          },
          { say: 'Decided: $answer' },
          { waitForMessage: true },
        ],
        updates,
      ),
    ),
  );
  await untilAsked(rig, updates, 'The new vitest has to pass the tests before it is kept.');
  const cleaning = await start('Clean the build cache', pi, [
    {
      permission: {
        title: 'Delete a folder',
        command: 'rm -rf /var/cache/build',
        toolKind: 'delete',
        why: 'The disk is 97 % full, and the cache is the largest thing on it.',
      },
    },
    { waitForMessage: true },
  ]);
  await start('Watch the error budget', desk, [{ say: 'Nothing burnt since 06:00.' }, { sleep: 600_000 }]);
  await untilEnded(rig, failed);
  await untilEnded(rig, done);
  const { id: danger } = await untilAsked(
    rig,
    cleaning,
    'The disk is 97 % full, and the cache is the largest thing on it.',
  );
  const copied = await copyRunner(rig);
  const { url } = await rig.api.createShare({ params: { id: release }, body: { tree: true } });
  const shared = url.slice(new URL(url).origin.length);
  return { release, refactor, tests, docs, failed, danger, copied, runner: pi.id, shared };
}

/** A runner whose folder runs a second time, until the relay has refused one of the two. */
async function copyRunner(rig: Rig): Promise<RunnerId> {
  const attic = await rig.runner('attic');
  await attic.stop('kill');
  const copy = `${attic.home}-copy`;
  await cp(attic.home, copy, { recursive: true });
  await attic.start();
  const env = { TREELINE_HOME: copy };
  await rig.cli(['runner', 'start', '--timeout', '60s'], { env });
  await until('the copy was noticed', async () => {
    const { copy: noticed } = await rig.api.getRunner({ params: { id: attic.id } });
    return noticed !== undefined;
  });
  await rig.cli(['runner', 'stop', '--sessions', 'kill'], { env });
  return attic.id;
}

interface Titled {
  readonly title: string;
  readonly runner: RunnerProcess;
  readonly steps: readonly ScriptStep[];
  readonly parentId?: SessionId;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A scripted session under a title of its own; resolves when it is at work. */
export async function startTitled(rig: Rig, { title, runner, steps, parentId, labels }: Titled): Promise<SessionId> {
  const { id } = await rig.api.createSession({
    body: {
      title,
      agent: 'scripted',
      runnerId: runner.id,
      prompt: JSON.stringify(steps),
      ...(parentId !== undefined && { parentId }),
      ...(labels !== undefined && { labels }),
    },
  });
  await untilSession(rig, id, {
    what: `${title} works`,
    is: ({ lifecycle }) => lifecycle.state !== 'queued' && lifecycle.state !== 'starting',
  });
  return id;
}

async function untilEscalated(rig: Rig, root: SessionId, text: string): Promise<void> {
  const { sessionId } = await untilAsked(rig, root, text);
  await untilSession(rig, sessionId, {
    what: `"${text.slice(0, 40)}" is with people`,
    is: ({ status }) => status === 'needs_you',
  });
}

const LOG = `4f1c2aa Let tokens name their key
9b0d771 Refuse tokens from the future
c2f8e10 Read keys once
77aa0d3 Say which key a token wants`;

const TESTS = Array.from(
  { length: 60 },
  (_, at) =>
    `\u001B[32m ✓\u001B[39m tokens/${['sign', 'verify', 'rotate'][at % 3]}.test.ts > case ${at + 1} (${3 + (at % 7)} ms)`,
).join('\n');
