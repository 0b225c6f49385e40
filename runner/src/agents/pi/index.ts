/** pi (pi.dev) in its RPC mode: the user's own installation, with our tools as an extension. */
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AgentStartError, type AgentSpec, type StartAgent } from '../agent.ts';
import type { PiTotals } from './events.ts';
import { writeExtension } from './extension.ts';
import { PiAgent } from './pi.ts';
import { PiRpc, type PiRecord } from './rpc.ts';
import { endedAtOnce, noModel, notReady, notRun } from './start-problem.ts';
import { Unsent } from './unsent.ts';

/** On a small board pi may take this long to load. */
const READY_WITHIN_MS = 60_000;
const NOISE_CHARS = 500;

const State = z.looseObject({
  model: z.looseObject({ provider: z.string() }).nullish(),
  messageCount: z.number().catch(0),
});
const Stats = z.looseObject({
  tokens: z.looseObject({ input: z.number(), output: z.number(), cacheRead: z.number() }),
  cost: z.number(),
});
const Messages = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown(), timestamp: z.number().catch(0) })),
});
const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);

const NOTHING_YET: PiTotals = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };

/** The resume token is the path of pi's session file, which we choose. */
export const startPi: StartAgent = async (spec, listener) => {
  const folder = join(spec.dataDir, 'conversation');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Not in the folder that pi writes to: what this process writes, pi must not be able to lead elsewhere.
  const extension = join(spec.dataDir, 'treeline-extension.mjs');
  await writeExtension(extension, spec.tools.definitions);
  const session =
    spec.resume !== undefined && isAbsolute(spec.resume) ? spec.resume : join(folder, `${spec.sessionId}.jsonl`);

  const [program = 'pi', ...given] = spec.config.command;
  const early: PiRecord[] = [];
  let take = (record: PiRecord): void => void early.push(record);
  const rpc = await PiRpc.start({
    program,
    args: [...given, ...optionsFor({ spec, folder, extension, session })],
    cwd: spec.cwd,
    env: spec.env,
    launch: spec.launch,
    reads: extension,
    keepsIn: folder,
    onRecord: (record) => take(record),
    onNoise: (line) => listener.notice('info', `pi: ${line.slice(0, NOISE_CHARS)}`),
  }).catch((error: unknown) => {
    throw error instanceof AgentStartError ? error : notRun(program, error);
  });

  const state = await ready(rpc, program);
  const unsent = new Unsent(join(spec.dataDir, 'unsent.json'));
  const resumed = state.messageCount > 0;
  const totals = resumed ? await totalsOf(rpc) : NOTHING_YET;
  unsent.resume(resumed ? await userMessages(rpc) : []);

  const agent = new PiAgent({ rpc, spec, listener, unsent, totals });
  take = (record) => agent.take(record);
  for (const record of early) agent.take(record);
  listener.resumeToken(session);
  return agent;
};

function optionsFor(options: { spec: AgentSpec; folder: string; extension: string; session: string }): string[] {
  const { spec, folder, extension, session } = options;
  return [
    '--mode',
    'rpc',
    '--session-dir',
    folder,
    '--session',
    session,
    '--extension',
    extension,
    ...(spec.model === undefined ? [] : ['--model', spec.model]),
    ...(spec.isChild ? ['--append-system-prompt', CHILD] : []),
  ];
}

const CHILD =
  'You work as a child session: another agent, your parent, gave you this task and gets your last message as the result. ' +
  'When you need a decision, ask with ask_user_question; the answer comes from your parent or from a person.';

/** Waits until pi answers, and has a model. Ends it otherwise. */
async function ready(rpc: PiRpc, program: string): Promise<z.infer<typeof State>> {
  const late = new AbortController();
  const outcome = await Promise.race([
    rpc.request({ type: 'get_state' }).catch(() => undefined),
    sleep(READY_WITHIN_MS, 'late' as const, { signal: late.signal }),
  ]);
  late.abort();
  if (outcome === 'late') {
    await rpc.end('kill');
    throw notReady(program, READY_WITHIN_MS / 1000, rpc.stderrTail());
  }
  const state = State.safeParse(outcome);
  if (!state.success) {
    await rpc.end('stop');
    const { code, signal } = await rpc.exited;
    throw endedAtOnce(program, signal === null ? `exit code ${code}` : `ended by ${signal}`, rpc.stderrTail());
  }
  const provider = state.data.model?.provider;
  if (provider === undefined || provider === 'unknown') {
    await rpc.end('stop');
    throw noModel(rpc.stderrTail());
  }
  return state.data;
}

async function totalsOf(rpc: PiRpc): Promise<PiTotals> {
  const stats = Stats.safeParse(await rpc.request({ type: 'get_session_stats' }));
  if (!stats.success) return NOTHING_YET;
  const { tokens, cost } = stats.data;
  return { inputTokens: tokens.input, outputTokens: tokens.output, cachedTokens: tokens.cacheRead, costUsd: cost };
}

async function userMessages(rpc: PiRpc): Promise<{ text: string; at: number }[]> {
  const parsed = Messages.safeParse(await rpc.request({ type: 'get_messages' }));
  if (!parsed.success) return [];
  return parsed.data.messages
    .filter(({ role }) => role === 'user')
    .map(({ content, timestamp }) => {
      const known = Content.safeParse(content).data ?? '';
      return { text: typeof known === 'string' ? known : known.map(({ text }) => text ?? '').join(''), at: timestamp };
    });
}
