/** Starts an agent of any kind. Each adapter is loaded only when it is used: a plain command needs no protocol library. */
import type { AgentConfig, StartAgent } from './agent.ts';

const adapters: Readonly<Record<AgentConfig['kind'], () => Promise<StartAgent>>> = {
  pi: async () => (await import('./pi/index.ts')).startPi,
  acp: async () => (await import('./acp/index.ts')).startAcp,
  command: async () => (await import('./command/index.ts')).startCommand,
  scripted: async () => (await import('./scripted/index.ts')).startScripted,
};

export const startAgent: StartAgent = async (spec, listener) => {
  const start = await adapters[spec.config.kind]();
  return start(spec, listener);
};
