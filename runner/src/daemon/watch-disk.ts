/** Notices that the runner's disk is full, says so to its workers, and takes the reserve again when there is room. */
import type { Logger } from 'pino';
import type { Reserve } from '../process/reserve.ts';

const LOOK_MS = 500;

export interface WatchDiskOptions {
  readonly reserve: Pick<Reserve, 'isWhole' | 'isNeeded' | 'giveUp' | 'restore'>;
  readonly full: () => void;
  readonly changed: () => void;
  readonly logger: Logger;
}

/** Begins to look; the returned function ends it. */
export function watchDisk({ reserve, full, changed, logger }: WatchDiskOptions): () => void {
  let wasWhole = true;
  const look = (): void => {
    if (reserve.isNeeded) reserve.giveUp();
    // Whoever gave it up met a full disk, and all workers are to know of it.
    const isWhole = reserve.isWhole;
    if (!isWhole && wasWhole) {
      logger.warn('the disk is full: nothing new is started, and agents are held at their next tool');
      full();
    }
    const hasRoom = isWhole || reserve.restore();
    if (hasRoom && !wasWhole) logger.info('there is room on the disk again');
    if (hasRoom !== wasWhole) changed();
    wasWhole = hasRoom;
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      logger.error({ err: error }, 'the space on the disk could not be looked at');
    }
  }, LOOK_MS);
  return () => clearInterval(timer);
}
