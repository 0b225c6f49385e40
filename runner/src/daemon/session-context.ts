/** What a session is given by the daemon around it. */
import type { SessionId } from '@treeline/shared';
import type { Logger } from 'pino';
import type { DaemonToWorker } from '../process/local-protocol.ts';
import type { SessionFile, SessionPaths } from '../process/session-folder.ts';
import type { Reserve } from '../process/reserve.ts';
import type { Shipper } from './shipper.ts';

/** A worker's end of the local socket. */
export interface Peer {
  send(message: DaemonToWorker): boolean;
  close(): void;
}

export interface SessionContext {
  readonly shipper: Shipper;
  readonly reserve: Pick<Reserve, 'giveUp' | 'isWhole'>;
  /** Program and arguments that start a worker; the session's folder follows. */
  readonly workerCommand: readonly string[];
  readonly environment: (spec: SessionFile) => Record<string, string>;
  /** A session as it is to be started now, by the rules of the runner. Throws when it is not to be. */
  readonly toStart: (spec: SessionFile) => SessionFile;
  readonly logger: Logger;
  /** The relay says that the session is not this runner's. It is dead, closed, and its folder is to go. */
  readonly disowned: (id: SessionId) => void;
  readonly changed: () => void;
}

export interface SessionParts {
  readonly context: SessionContext;
  readonly paths: SessionPaths;
  readonly secret: string;
  readonly spec: SessionFile;
}
