/** What is wrong with a pi that does not start, and how to mend it, in words. */
import { AgentStartError } from '../agent.ts';

const INSTALL =
  'Install it with `npm install -g @earendil-works/pi-coding-agent`, or set its command in the agents file.';

interface Known {
  readonly stderr: RegExp;
  readonly message: string;
  readonly fix: string;
}

const KNOWN: readonly Known[] = [
  {
    stderr: /enableCompileCache|Unsupported engine|SyntaxError|requires Node|ERR_REQUIRE_ESM/,
    message: 'pi ended at once: the Node.js that runs it is too old',
    fix: 'pi 0.87 needs Node.js 22.19 or newer. Set the command in the agents file to ["/path/to/newer/node", "/path/to/pi"].',
  },
  {
    stderr: /Model ".*" not found|No models match/,
    message: 'pi does not know the model',
    fix: '`pi --list-models` shows those that it knows; write it as provider/model.',
  },
  {
    stderr: /Unknown option/,
    message: 'pi does not know an option that it was given',
    fix: 'Check the command in the agents file, and update pi (0.74 or newer).',
  },
  {
    stderr: /session/i,
    message: 'pi could not open its session',
    fix: 'Start a new session; this one cannot be resumed.',
  },
];

/** The program could not be run at all. */
export function notRun(program: string, cause: unknown): AgentStartError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT')
    return new AgentStartError(`${program} was not found`, { reason: 'config', detail: INSTALL, cause });
  const detail = code === 'EACCES' ? `${program} may not be executed by this user.` : String(cause);
  return new AgentStartError(`${program} could not be started`, { reason: 'config', detail, cause });
}

/** It ran, and ended before it was ready. */
export function endedAtOnce(program: string, how: string, stderr: string): AgentStartError {
  const known = KNOWN.find((problem) => problem.stderr.test(stderr));
  const message = known?.message ?? `${program} ended at once (${how})`;
  const fix = known?.fix ?? 'Run the same command in a terminal to see more.';
  return new AgentStartError(message, { reason: 'config', detail: `${fix}\n${stderr}`.trim() });
}

/** It runs, and has no model that it could use. */
export function noModel(stderr: string): AgentStartError {
  const detail =
    'Run `pi` in a terminal on this runner and use /login, or describe a model in ~/.pi/agent/models.json.';
  return new AgentStartError('pi has no model that it may use', {
    reason: 'auth',
    detail: `${detail}\n${stderr}`.trim(),
  });
}

export function notReady(program: string, seconds: number, stderr: string): AgentStartError {
  const message = `${program} was not ready after ${seconds} s`;
  return new AgentStartError(message, { reason: 'timeout', detail: stderr || 'It said nothing on stderr.' });
}
