import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { environment } from '../../config.ts';
import { measureHealth } from '../../daemon/health.ts';
import { inMb } from '../../resources/room.ts';
import { advice, lookAtMachine } from '../../service/machine.ts';
import { runnerHomePath } from '../runner-home.ts';
import { type Check, type Finding, ok, warn, words } from './check.ts';

const MB = 1024 * 1024;
const LITTLE_MEMORY = 256 * MB;
const HOT_C = 75;
const SYNCS = 5;
/** An SD card that needs longer makes every decision of a session wait. */
const SLOW_SYNC_MS = 100;

/** Memory, temperature, the speed of the disk, and whether the user's services outlive the login. */
export const checkMachine: Check = async (cli) => {
  const home = runnerHomePath(cli, undefined);
  const [health, disk, machine] = await Promise.all([
    measureHealth({ path: home, sessions: 0 }),
    existsSync(home) ? checkSync(home) : undefined,
    lookAtMachine(environment),
  ]);
  const findings = disk === undefined ? [] : [disk];
  const { memoryFreeBytes: memory, temperatureC, throttled } = health;
  if (memory !== undefined) {
    const detail = `${inMb(memory)} free`;
    findings.push(
      memory < LITTLE_MEMORY
        ? warn('memory', detail, 'Stop sessions that are not needed (`treeline runner list`), or lower the capacity.')
        : ok('memory', detail),
    );
  }
  if (temperatureC !== undefined) {
    const detail = `${temperatureC.toFixed(0)} °C${throttled === true ? ', throttled' : ''}`;
    findings.push(
      temperatureC > HOT_C || throttled === true
        ? warn('temperature', detail, 'Cool the machine; on a Raspberry Pi also use its own power supply.')
        : ok('temperature', detail),
    );
  }
  if (machine.hasSystemd && !machine.isRoot) {
    const missing = advice('user', machine);
    findings.push(
      missing === undefined
        ? ok('linger', 'services of this user start at boot')
        : warn('linger', 'services of this user end with its login', `sudo loginctl enable-linger ${machine.user}`),
    );
  }
  return findings;
};

async function checkSync(home: string): Promise<Finding> {
  const path = join(home, `.doctor-${process.pid}`);
  try {
    const file = await open(path, 'w', 0o600);
    try {
      const begun = performance.now();
      for (let round = 0; round < SYNCS; round++) {
        await file.write(Buffer.alloc(4096));
        await file.datasync();
      }
      const ms = (performance.now() - begun) / SYNCS;
      const detail = `a write is safe after ${ms.toFixed(1)} ms`;
      return ms > SLOW_SYNC_MS
        ? warn('disk speed', detail, 'Put TREELINE_HOME on a faster disk, such as an SSD on USB 3.')
        : ok('disk speed', detail);
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  } catch (error) {
    return warn('disk speed', `could not be measured: ${words(error)}`, `Make ${home} writable for this user.`);
  }
}
