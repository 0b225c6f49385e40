/** The relay that the runner of this machine has joined: whether it can be reached as the daemon reaches it. */
import { existsSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';
import { findCredentials } from '../../home/credentials.ts';
import { openHome } from '../../home/home.ts';
import { findRelay } from '../relay-access.ts';
import { runnerHomePath } from '../runner-home.ts';
import { type Check, fail, type Finding, ok, words } from './check.ts';
import { reach } from './relay.ts';

const PATIENCE_MS = 5000;

/** Nothing when the machine has no runner, or its relay is the one of this login, which is looked at anyway. */
export const checkRunnerRelay: Check = async (cli) => {
  const path = runnerHomePath(cli, undefined);
  if (!existsSync(path)) return [];
  try {
    const joined = (await findCredentials(await openHome(path)))?.relays ?? [];
    const own = (await findRelay(cli).catch(() => undefined))?.url;
    const others = joined.filter((url) => url !== own);
    return (await Promise.all(others.map(look))).flat();
  } catch {
    return []; // A folder that cannot be read is told by the check of the runner.
  }
};

async function look(url: string): Promise<Finding[]> {
  const reached = await reach(url);
  return reached.some(({ result }) => result === 'fail') ? reached : [...reached, await checkUpgrade(url)];
}

/** Whether what stands before the relay lets a websocket through. */
async function checkUpgrade(url: string): Promise<Finding> {
  const begun = performance.now();
  try {
    await upgrade(url);
    return ok('websocket', `upgrade works, ${(performance.now() - begun).toFixed(0)} ms`);
  } catch (error) {
    const fix = 'Let the proxy before the relay pass websocket upgrades (see infra/Caddyfile).';
    return fail('websocket', words(error), fix);
  }
}

function upgrade(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const target = new URL('/socket.io/?EIO=4&transport=websocket', url);
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    };
    const outgoing = (target.protocol === 'https:' ? encrypted : plain)(target, { headers, timeout: PATIENCE_MS });
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve();
    });
    outgoing.on('response', (response) => {
      response.destroy();
      reject(new Error(`no upgrade: HTTP ${response.statusCode}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no upgrade: no answer')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
