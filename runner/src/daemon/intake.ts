/** Whether new sessions are taken: by the owner's word, which survives restarts, and by what the machine has left. */
import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { RunnerHealth } from '@treeline/shared';
import { changeConfig, type RunnerConfig } from '../home/config.ts';
import type { Home } from '../home/home.ts';
import type { Reserve } from '../process/reserve.ts';
import { floorsOf, whyNoRoom } from '../resources/room.ts';

export class Intake {
  readonly #home: Home;
  readonly #config: Pick<RunnerConfig, 'minFreeDiskBytes' | 'minFreeMemoryBytes'>;
  readonly #reserve: Pick<Reserve, 'isWhole'>;
  #byOwner: boolean;
  #byRelay: boolean;

  constructor(options: { home: Home; config: RunnerConfig; reserve: Pick<Reserve, 'isWhole'> }) {
    const { home, config, reserve } = options;
    this.#home = home;
    this.#reserve = reserve;
    this.#config = config;
    this.#byOwner = config.paused;
    this.#byRelay = config.pausedRemotely;
  }

  /** Who has paused it; undefined when nobody has. The owner's word is the stronger one. */
  get paused(): 'owner' | 'relay' | undefined {
    if (this.#byOwner) return 'owner';
    return this.#byRelay ? 'relay' : undefined;
  }

  get pausedRemotely(): boolean {
    return this.#byRelay;
  }

  /** By the owner, whose `false` ends a pause through the relay too. Rejects, and changes nothing, when it cannot be written down. */
  async pause(paused: boolean): Promise<void> {
    const byRelay = paused && this.#byRelay;
    await changeConfig(this.#home, { paused, pausedRemotely: byRelay });
    this.#byOwner = paused;
    this.#byRelay = byRelay;
  }

  /** Through the relay. Leaves the owner's word alone. */
  async pauseRemotely(paused: boolean): Promise<void> {
    await changeConfig(this.#home, { pausedRemotely: paused });
    this.#byRelay = paused;
  }

  /** Why no new session is taken, for a person; undefined when they are. */
  async whyNoRoom(health: Pick<RunnerHealth, 'memoryFreeBytes' | 'diskFreeBytes'>): Promise<string | undefined> {
    if (this.paused === undefined && !this.#reserve.isWhole)
      return 'its disk is full; it takes them again when there is room';
    const { minFreeDiskBytes: diskBytes, minFreeMemoryBytes: memoryBytes } = this.#config;
    const floors = floorsOf(
      { ...(diskBytes !== undefined && { diskBytes }), ...(memoryBytes !== undefined && { memoryBytes }) },
      { memoryBytes: totalmem(), diskBytes: await diskTotal(this.#home.path) },
    );
    return whyNoRoom({ paused: this.paused, health, floors });
  }
}

async function diskTotal(path: string): Promise<number | undefined> {
  try {
    const { blocks, bsize } = await statfs(path);
    return blocks * bsize;
  } catch {
    return undefined; // A file system that does not tell.
  }
}
