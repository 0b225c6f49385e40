/** How this machine is, from what the kernel keeps anyway: cheap enough for every heartbeat. */
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg } from 'node:os';
import type { RunnerHealth } from '@treeline/shared';

/** `path`: a folder on the disk whose space counts. What cannot be told is left out. */
export async function measureHealth({ path, sessions }: { path: string; sessions: number }): Promise<RunnerHealth> {
  const [memoryFreeBytes, diskFreeBytes, temperatureC, throttled] = await Promise.all([
    freeMemory(),
    freeDisk(path),
    temperature(),
    isThrottled(),
  ]);
  const cpu = Math.min(1, (loadavg()[0] ?? 0) / availableParallelism());
  return {
    sessions,
    cpu,
    memoryFreeBytes,
    ...(diskFreeBytes === undefined ? {} : { diskFreeBytes }),
    ...(temperatureC === undefined ? {} : { temperatureC }),
    ...(throttled === undefined ? {} : { throttled }),
  };
}

/** What programs can have without swapping; os.freemem() leaves out what the kernel would give back. */
async function freeMemory(): Promise<number> {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec((await readOptional('/proc/meminfo')) ?? '');
  return match === null ? freemem() : Number(match[1]) * 1024;
}

async function freeDisk(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined; // A file system that does not tell.
  }
}

async function temperature(): Promise<number | undefined> {
  const text = (await readOptional('/sys/class/thermal/thermal_zone0/temp'))?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) / 1000 : undefined;
}

const PI_THROTTLED = '/sys/devices/platform/soc/soc:firmware/get_throttled';
/** Bits of the Pi's firmware: too little power, a lowered clock, throttled, too hot; each as it is now. */
const NOW_BITS = 0xf;

/** Only a Raspberry Pi tells. */
async function isThrottled(): Promise<boolean | undefined> {
  const text = (await readOptional(PI_THROTTLED))?.trim();
  return text !== undefined && /^[0-9a-f]+$/i.test(text) ? (parseInt(text, 16) & NOW_BITS) !== 0 : undefined;
}

async function readOptional(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
