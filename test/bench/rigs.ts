/** Agents that start and then wait for ever, so that the memory of their workers can be read: this very bundle with `_agent`. */
import { createInterface } from 'node:readline';

export type RigKind = 'acp' | 'pi';

interface Request {
  readonly id?: unknown;
  readonly method?: string;
  readonly type?: string;
}

export function runRig(kind: RigKind): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const request = JSON.parse(line) as Request;
    const answer = kind === 'acp' ? acpAnswer(request) : piAnswer(request);
    if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
}

/** To everything but the prompt, whose turn goes on. */
function acpAnswer({ id, method }: Request): object | undefined {
  if (id === undefined || method === undefined || method === 'session/prompt') return undefined;
  const result = { protocolVersion: 1, agentCapabilities: { mcpCapabilities: { http: true } }, sessionId: 'rig' };
  return { jsonrpc: '2.0', id, result };
}

function piAnswer({ id, type }: Request): object | undefined {
  if (id === undefined) return undefined;
  const data = { isStreaming: true, messages: [], sessionFile: '/dev/null', sessionId: 'rig' };
  return { type: 'response', id, command: type, success: true, data };
}
