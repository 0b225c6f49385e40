import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createClient } from '../../client/client.ts';
import { openViewer } from '../../client/viewer.ts';
import { findRelay, type RelayAccess } from '../relay-access.ts';
import { runnerHomePath } from '../runner-home.ts';
import { type Check, fail, type Finding, ok, warn, words } from './check.ts';

const SKEW_LIMIT_MS = 5000;
const PATIENCE_MS = 5000;

export const checkRelay: Check = async (cli) => {
  let access: RelayAccess | undefined;
  try {
    access = await findRelay(cli);
  } catch (error) {
    return [fail('relay', words(error), 'Correct --url, --token-file or their variables.')];
  }
  if (access === undefined) {
    // A machine that is a runner and nothing else needs no login: checkRunnerRelay looks at its relay.
    if (existsSync(join(runnerHomePath(cli, undefined), 'credentials.json'))) return [];
    return [fail('relay', 'none is known here', 'Start one with `treeline up`, or run `treeline login URL`.')];
  }
  const reached = await reach(access.url);
  if (reached.some(({ result }) => result === 'fail')) return reached;
  return [...reached, ...(await Promise.all([checkStore(access), checkKey(access), checkSocket(access)])).flat()];
};

/** Answers at all, how fast, and whose clock is wrong. */
export async function reach(url: string): Promise<Finding[]> {
  const before = Date.now();
  const start = performance.now();
  try {
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer();
    const took = performance.now() - start;
    const findings = [ok('relay', `${url} answers in ${took.toFixed(0)} ms`)];
    const theirs = Date.parse(response.headers.get('date') ?? '');
    // The header has whole seconds.
    const skew = Math.max(0, Math.abs(theirs + 500 - (before + took / 2)) - 500);
    if (Number.isNaN(theirs)) return findings;
    if (skew <= SKEW_LIMIT_MS)
      return [...findings, ok('clock', `within ${Math.ceil(skew / 1000) || 1} s of the relay’s`)];
    return [
      ...findings,
      warn(
        'clock',
        `${Math.round(skew / 1000)} s off the relay’s`,
        'Turn on time synchronisation (NTP) on both machines.',
      ),
    ];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return [
      fail('relay', `${url} does not answer: ${words(cause)}`, 'Start it with `treeline up`, or correct the URL.'),
    ];
  }
}

const Ready = z.object({
  ready: z.boolean(),
  detail: z.string(),
  recovered: z.object({ at: z.string(), verdict: z.string(), lost: z.string() }).optional(),
});

async function checkStore({ url }: RelayAccess): Promise<Finding[]> {
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { ready, detail, recovered } = Ready.parse(await response.json());
    if (!ready) return [fail('store', detail, 'The relay takes no work until this is mended.')];
    if (recovered === undefined) return [ok('store', detail)];
    return [
      warn(
        'store',
        `it was damaged (${recovered.verdict}) and recovered at ${recovered.at}; lost: ${recovered.lost}`,
        'See the report in .corrupt/ of the relay’s data folder; move that folder away when you have seen to it.',
      ),
    ];
  } catch (error) {
    return [fail('store', words(error), 'Look at the log of the relay.')];
  }
}

async function checkKey({ url, key, source }: RelayAccess): Promise<Finding> {
  try {
    const me = await createClient({ url, key, timeoutMs: PATIENCE_MS }).whoAmI();
    if (me.volatile)
      return warn(
        'store',
        'the relay’s store may lose what it acknowledged (--volatile)',
        'Use a Redis with AOF, or the embedded store.',
      );
    return ok('key', `${source}: ${me.name}, relay ${me.version}`);
  } catch (error) {
    return fail('key', words(error), `Log in again: treeline login ${url}`);
  }
}

async function checkSocket(access: RelayAccess): Promise<Finding> {
  const start = performance.now();
  try {
    const viewer = await openViewer(access, { connected: () => Promise.resolve() });
    viewer.close();
    return ok('websocket', `upgrade works, ${(performance.now() - start).toFixed(0)} ms`);
  } catch (error) {
    return fail(
      'websocket',
      words(error),
      'Let the proxy before the relay pass websocket upgrades (see infra/Caddyfile).',
    );
  }
}
