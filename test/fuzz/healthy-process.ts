/** The healthy client, started and heard. */
import { once } from 'node:events';
import type { Access } from '../bench/wire/api.ts';
import { startNode } from '../bench/servers/process.ts';
import type { Health } from './healthy.ts';

export interface HealthyClient {
  /** Ends it; how it went. */
  stop(): Promise<Health>;
}

/** The key goes in by the environment, where only this user reads it. */
export async function startHealthy({ url, key }: Access): Promise<HealthyClient> {
  const env = { ...process.env, TREELINE_FUZZ_URL: url, TREELINE_FUZZ_KEY: key };
  const child = startNode([process.argv[1] ?? '', '_healthy'], { stdio: ['pipe', 'pipe', 'inherit'], env });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child.stdout ?? child, 'data');
  return {
    async stop() {
      const gone = once(child, 'close');
      child.stdin?.end();
      await gone;
      return JSON.parse(said.slice(said.indexOf('{'))) as Health;
    },
  };
}
