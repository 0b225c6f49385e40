/** The HTTP API below /api/v1: one file for each area. */
import { ACCESS_API } from './api/access.ts';
import { DEVICES_API } from './api/devices.ts';
import { AUDIT_API } from './api/audit.ts';
import { KEYS_API } from './api/keys.ts';
import { NOTIFICATIONS_API } from './api/notifications.ts';
import { OIDC_API } from './api/oidc.ts';
import { PASSKEYS_API } from './api/passkeys.ts';
import { PEOPLE_API } from './api/people.ts';
import { RELAY_API } from './api/relay.ts';
import { RUNNERS_API } from './api/runners.ts';
import { SESSIONS_API } from './api/sessions.ts';
import { SHARES_API } from './api/shares.ts';
import { TRIGGERS_API } from './api/triggers.ts';

export const API = {
  ...SESSIONS_API,
  ...TRIGGERS_API,
  ...RUNNERS_API,
  ...KEYS_API,
  ...ACCESS_API,
  ...NOTIFICATIONS_API,
  ...OIDC_API,
  ...PASSKEYS_API,
  ...DEVICES_API,
  ...PEOPLE_API,
  ...SHARES_API,
  ...RELAY_API,
  ...AUDIT_API,
} as const;

export type Api = typeof API;
