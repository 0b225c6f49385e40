/** What each endpoint does: a call of a service. */
import type { Access } from '../auth/access.ts';
import type { Keys } from '../auth/keys.ts';
import { VERSION } from '../config.ts';
import type { Audit } from '../services/audit/audit.ts';
import type { Services } from '../services/services.ts';
import { accessHandlers } from './access-handlers.ts';
import type { HttpHandlers } from './routes.ts';

type MakeBackup = () => Promise<{ file: string; bytes: number; at: number }>;

export interface HandlerOptions {
  readonly services: Services;
  readonly keys: Keys;
  readonly access: Access;
  readonly audit: Audit;
  readonly relay: {
    readonly id: string;
    readonly volatile: boolean;
    readonly publicUrl: () => string;
    readonly backup: MakeBackup;
  };
}

export function httpHandlers({ services, keys, access, audit, relay }: HandlerOptions): HttpHandlers {
  const { sessions, triggers, runners, notifications } = services;
  return {
    async createSession({ by, input, wasDoneBefore }) {
      const { session, created } = await sessions.create(by, input.body);
      if (!created) wasDoneBefore();
      return { id: session.id, state: session.lifecycle.state, shareUrl: session.shareUrl, session };
    },
    listSessions: ({ by, input }) => sessions.list(by, input.query),
    getSession: ({ by, input }) => sessions.get(by, input.params.id),
    getSessionTree: ({ by, input }) => sessions.tree(by, input.params.id),
    readLog: ({ by, input }) => sessions.readLog(by, input.params.id, input.query),
    sendMessage: ({ by, input }) => sessions.send(by, input.params.id, input.body),
    stopSession: ({ by, input }) => sessions.stop(by, input.params.id, input.body),
    describeSession: ({ by, input }) => sessions.describe(by, input.params.id, input.body),
    async deleteSession({ by, input }) {
      await sessions.remove(by, input.params.id);
      return { deleted: input.params.id };
    },

    listTriggers: ({ by, input }) => triggers.list(by, input.query),
    getTrigger: ({ by, input }) => triggers.get(by, input.params.id),
    respondToTrigger: ({ by, input }) => triggers.respond(by, input.params.id, input.body),
    escalateTrigger: ({ by, input }) => triggers.escalate(by, input.params.id, input.body),
    snoozeTrigger: ({ by, input }) => triggers.snooze(by, input.params.id, input.body),

    async listRunners({ by }) {
      return { runners: await runners.list(by) };
    },
    getRunner: ({ by, input }) => runners.get(by, input.params.id),
    orderRunner: ({ by, input }) => runners.order(by, input.params.id, input.body),
    async removeRunner({ by, input }) {
      const { id } = await runners.get(by, input.params.id);
      // First the door, or it would be back in between.
      await access.runnerKeys.endOf(by, id);
      return { removed: id, lost: await runners.remove(by, id) };
    },
    async joinRunner({ by, input }) {
      const { runner } = input.body;
      const { secret } = await access.runnerKeys.trade(by, runner);
      return { runner: await runners.join(by.ns, runner), key: secret, publicUrl: relay.publicUrl() };
    },

    createKey: ({ by, input }) => keys.create(by, input.body),
    async listKeys({ by }) {
      return { keys: await keys.list(by) };
    },
    rotateKey: ({ by, input }) => keys.rotate(by, input.params.id, input.body),
    revokeKey: ({ by, input }) => keys.revoke(by, input.params.id),

    async createShare({ by, input }) {
      const { id } = await sessions.get(by, input.params.id);
      return access.shares.create(by, { sessionId: id, ...input.body });
    },
    async listShares({ by, input }) {
      const { id } = await sessions.get(by, input.params.id);
      return { shares: await access.shares.list(by.ns, id) };
    },
    async listAllShares({ by }) {
      return { shares: await access.shares.listAll(by.ns) };
    },
    async revokeShare({ by, input }) {
      return { revoked: await access.shares.revoke(by, input.params.id) };
    },
    getShare: ({ by }) => access.shares.get(by.keyId),

    getNotifications: ({ by }) => notifications.get(by),
    setNotifications: ({ by, input }) => notifications.setPreferences(by, input.body),
    addDevice: ({ by, input }) => notifications.addDevice(by, input.body),
    changeDevice: ({ by, input }) => notifications.changeDevice(by, input.params.id, input.body),
    async removeDevice({ by, input }) {
      await notifications.removeDevice(by, input.params.id);
      return {};
    },
    setTopic: ({ by, input }) => notifications.setTopic(by, input.body),
    removeTopic: ({ by }) => notifications.removeTopic(by),
    testNotification: ({ by, input }) => notifications.test(by, input.body),
    async seeNotification({ input }) {
      await notifications.seen(input.body);
      return {};
    },

    createBackup: () => relay.backup(),
    rotateSigningKeys: ({ by, input }) => access.rotateSigningKeys(by, input.body),
    listAudit: ({ by, input }) => audit.list(by.ns, input.query),

    ...accessHandlers(access),
    async whoAmI({ by }) {
      const { id: relayId, volatile } = relay;
      return { ...(await access.describe(by)), version: VERSION, relayId, volatile };
    },
  };
}
