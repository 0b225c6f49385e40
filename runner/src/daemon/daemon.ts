/** Composes the daemon: one link to the relay, every session of this runner, and who may talk to it locally. */
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TreelineError, type RunnerHealth, type SessionLimits } from '@treeline/shared';
import type { Logger } from 'pino';
import { agentEnvironment, type Environment } from '../agents/environment.ts';
import { readCredentials } from '../home/credentials.ts';
import { raiseGeneration } from '../home/generation.ts';
import type { Home } from '../home/home.ts';
import { lockHome } from '../home/lock.ts';
import type { RunnerState } from '../home/state-file.ts';
import { claimDaemonSocketPath } from '../process/socket-path.ts';
import { Reserve } from '../process/reserve.ts';
import { adoptSessions } from './adopt.ts';
import { Claims } from './claims.ts';
import { isBusy, startControlServer, type SessionRow, type WorkersAtStop } from './control-server.ts';
import { describeAll, rowOf } from './session-rows.ts';
import { measureHealth } from './health.ts';
import { Heartbeat } from './heartbeat.ts';
import { Intake } from './intake.ts';
import { KeyRenewal } from './key-renewal.ts';
import { Link } from './link.ts';
import { startLocalServer } from './local-server.ts';
import { watchDisk } from './watch-disk.ts';
import { takeInventory } from '../home/inventory.ts';
import { carry } from './queries.ts';
import { KeptTimes } from './kept-times.ts';
import { rulesOf, underRules } from './rules.ts';
import { guardSessions } from './session-guard.ts';
import { SESSION_MARK } from './session-processes.ts';
import { Sessions } from './sessions.ts';
import { Shipper } from './shipper.ts';
import { StatusFile } from './status.ts';
import { keepUp } from './upkeep.ts';
import { Orders } from './orders.ts';

export interface DaemonOptions {
  readonly home: Home;
  readonly logger: Logger;
  /** The runner's own environment; agents get an allow-listed part of it. */
  readonly env: Environment;
  readonly version: string;
  /** Program and arguments that start a worker; the session's folder follows. */
  readonly workerCommand: readonly string[];
  /** Milliseconds between writes of the state file; default as configured. */
  readonly stateHeartbeatMs?: number | undefined;
  /** Where the log goes; for the state file. */
  readonly logPath: string;
  /** Waits, for tests: after a refusal of the relay, and for the acknowledgement of log frames. */
  readonly refusedRetryMs?: number;
  readonly ackMs?: number;
}

export interface DaemonHandle {
  readonly state: () => RunnerState;
  readonly sessions: () => SessionRow[];
  /** Resolves when nothing of the daemon runs any more. A second call waits for the first. */
  stop(options: { workers: WorkersAtStop }): Promise<void>;
  /** Resolves when the daemon has stopped, whoever asked for it. */
  readonly stopped: Promise<void>;
}

/** How long workers may take to sleep or stop before they are killed. */
const WORKER_GRACE_MS = 12_000;
/** What workers said last may take this long to reach the relay. */
const DRAIN_MS = 3000;

/**
 * Starts the daemon of a folder: adopts what runs, then begins the link. Rejects with AlreadyRunning or a HomeError; a
 * relay that cannot be reached is no failure, it is tried for ever.
 */
export async function runDaemon(options: DaemonOptions): Promise<DaemonHandle> {
  const unlock = await lockHome(options.home);
  try {
    return await run(await compose(options), { ...options, unlock });
  } catch (error) {
    await unlock();
    throw error;
  }
}

interface Parts {
  readonly link: Link;
  readonly sessions: Sessions;
  readonly status: StatusFile;
  readonly state: () => RunnerState;
  readonly measure: () => Promise<RunnerState>;
  readonly pause: (paused: boolean) => Promise<void>;
  readonly reload: () => Promise<void>;
  readonly limits: SessionLimits;
  readonly reserve: Reserve;
  readonly socketPath: string;
  readonly controlPath: string;
}

/** Makes the parts and ties them together; nothing runs yet. */
async function compose(options: DaemonOptions): Promise<Parts> {
  const { home, logger, env, version } = options;
  const startedAt = new Date().toISOString();
  const { relays } = await readCredentials(home);
  const inventory = await takeInventory({ home, env, version });
  let { profile } = inventory;
  const { config } = inventory;
  const generation = await raiseGeneration(home);
  const instance = `${process.pid}-${startedAt}`;
  const socketPath = await claimDaemonSocketPath(home.path);
  const controlPath = join(dirname(socketPath), 'control.sock');
  logger.info({ generation, runner: profile.id, version }, 'daemon starts');

  const link: Link = new Link({
    credentials: () => readCredentials(home),
    hello: () => ({ runner: profile, instance, generation, sessions: sessions.spools, claims: true }),
    opened: (welcome) => {
      shipper.opened(welcome.sessions);
      claims.opened(welcome.sessions);
      sessions.relayOnline(true);
      renewal.opened(welcome);
      heartbeat.start(welcome.heartbeatMs);
    },
    closed: () => {
      heartbeat.stop();
      sessions.relayOnline(false);
    },
    changed: () => status.changed(),
    handlers: {
      assign: (_, payload) => sessions.assign(payload.sessions),
      inbox: (_, payload) => sessions.receive(payload),
      session_trigger: (_, payload) => sessions.receive(payload),
      trigger_response: (_, payload) => sessions.receive(payload),
      watch: (_, payload) => sessions.watch(payload),
      order: async (_, { order }) => ({ answer: await orders.obey(order) }),
    },
    logger,
    refusedRetryMs: options.refusedRetryMs,
  });
  const reserve = Reserve.in(home.path);
  reserve.restore();
  const intake = new Intake({ home, config, reserve });
  const rules = { ...(await rulesOf({ home, env, inventory })), whyNoRoom: async () => (await health()).refuses };
  if (rules.isolation.is === 'unavailable') logger.error(`no agent is started: ${rules.isolation.problem}`);
  const shipper = new Shipper({ link, logger, ackMs: options.ackMs });
  const sessions: Sessions = new Sessions({
    home,
    logger,
    rules,
    context: {
      shipper,
      reserve,
      logger,
      workerCommand: options.workerCommand,
      environment: ({ assignment, agent: { passEnv } }) =>
        agentEnvironment({ base: env, config: { env: {}, passEnv }, extra: { [SESSION_MARK]: assignment.id } }),
      toStart: (spec) => underRules(rules, spec),
      changed: () => status.changed(),
    },
  });
  const claims = new Claims({
    link,
    isOurs: async (id) => {
      const from = sessions.get(id)?.spec.relays;
      return from === undefined || (await readCredentials(home)).relays.some((relay) => from.includes(relay));
    },
    claimOf: async (id) => sessions.get(id)?.claim(),
    unlisted: () => sessions.unlisted,
    answered: (verdicts) => shipper.answered(verdicts),
    logger,
  });
  let lastHealth: RunnerHealth | undefined;
  const health = async (): Promise<RunnerHealth> => {
    const measured = await measureHealth({ path: home.path, sessions: sessions.live.length });
    const unsafe = rules.isolation.is === 'unavailable' ? 'its agents cannot be isolated' : undefined;
    const refuses = unsafe ?? (await intake.whyNoRoom(measured));
    return (lastHealth = {
      ...measured,
      ...(intake.paused === undefined ? {} : { paused: intake.paused }),
      ...(refuses === undefined ? {} : { refuses }),
    });
  };
  const renewal = new KeyRenewal({ link, home, logger });
  const heartbeat = new Heartbeat({ link, logger, health, taken: (time) => void renewal.look(time) });
  const state = (): RunnerState => ({
    pid: process.pid,
    startedAt,
    version,
    lastHeartbeat: new Date().toISOString(),
    logPath: options.logPath,
    controlSocket: controlPath,
    relay: link.status.state === 'online' ? link.status.relay : (relays[0] ?? ''),
    connected: link.online,
    link: link.status,
    sessions: sessions.live.length,
    capacity: rules.capacity,
    paused: intake.paused !== undefined,
    ...(lastHealth === undefined ? {} : { health: lastHealth }),
  });
  const measure = async (): Promise<RunnerState> => {
    await health();
    return state();
  };
  const heartbeatMs = options.stateHeartbeatMs ?? config.stateHeartbeatMs;
  const status: StatusFile = new StatusFile({ home, state: measure, heartbeatMs, logger });
  const intakeChanged = async (): Promise<void> => {
    const paused = intake.paused !== undefined;
    logger.info({ paused }, paused ? 'no new sessions are taken' : 'new sessions are taken again');
    status.changed();
    await heartbeat.now();
  };
  const pause = (paused: boolean): Promise<void> => intake.pause(paused).then(intakeChanged);
  const reload = async (): Promise<void> => {
    const now = await takeInventory({ home, env, version });
    profile = now.profile;
    remoteControl = now.config.remoteControl;
    Object.assign(rules, await rulesOf({ home, env, inventory: now }));
    link.reset('the name, configuration or agents of this runner were changed');
    status.changed();
  };
  let { remoteControl } = config;
  const orders = new Orders({
    home,
    intake,
    busy: async () => (await describeAll(sessions.all)).filter(isBusy).length,
    changed: intakeChanged,
    reload,
    allowed: () => remoteControl,
    logPath: options.logPath,
    logger,
  });
  const limits = config.sessionLimits;
  return { link, sessions, status, state, measure, pause, reload, limits, reserve, socketPath, controlPath };
}

/** Opens the doors, takes over what runs, and begins the link. */
async function run(
  { link, sessions, status, state, measure, pause, reload, limits, reserve, socketPath, controlPath }: Parts,
  { home, logger, unlock }: DaemonOptions & { unlock: () => Promise<void> },
): Promise<DaemonHandle> {
  logger.info(await adoptSessions({ home, sessions, logger }), 'sessions taken over');
  // Now every worker that comes is known; until here they tried in vain, and try again.
  const local = await startLocalServer({
    path: socketPath,
    find: (id) => sessions.get(id),
    relayOnline: () => link.online,
    onMessage: (session, message) => void carry(link, session, message),
    logger,
  });

  const rows = (): SessionRow[] => sessions.all.map(rowOf);
  const kept = await KeptTimes.open(home);
  let stopping: Promise<void> | undefined;
  const stop = ({ workers }: { workers: WorkersAtStop }): Promise<void> => (stopping ??= stopAll(workers));
  let nowStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (nowStopped = resolve));
  const stopUpkeep = keepUp({ home, sessions, kept, logger });

  const unguard = guardSessions({ live: () => sessions.live, limits, logger });
  const unwatch = watchDisk({ reserve, logger, full: () => sessions.diskFull(), changed: () => status.changed() });

  async function stopAll(workers: WorkersAtStop): Promise<void> {
    logger.info({ workers }, 'daemon stops');
    unguard();
    unwatch();
    stopUpkeep();
    sessions.close();
    if (workers !== 'leave') {
      await Promise.all(sessions.live.map((session) => session.shutdown(workers, WORKER_GRACE_MS)));
      for (let waited = 0; link.online && waited < DRAIN_MS && !isDrained(sessions); waited += 20) await sleep(20);
    }
    await link.stop();
    await local.close();
    await Promise.all(sessions.all.map((session) => session.close()));
    await control.close();
    await status.stop();
    await unlock();
    logger.info('daemon stopped');
    nowStopped();
  }

  const control = await startControlServer({
    path: controlPath,
    state,
    measure,
    pause,
    reload,
    sessions: () => describeAll(sessions.all),
    stopSession: async (id) => {
      const session = sessions.all.find((it) => it.id === id);
      if (session?.live !== true) throw new TreelineError('not_found', `No session ${id} runs on this runner.`);
      await session.end('It was stopped on its runner.');
    },
    stop: (workers) => void stop({ workers }),
    logger,
  });
  await status.start();
  link.start();
  return { state, sessions: rows, stop, stopped };
}

function isDrained(sessions: Sessions): boolean {
  return sessions.all.every((session) => session.drained);
}
