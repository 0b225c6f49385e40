/** How the caller wants to be told, and their devices. Each person sees and changes only their own. */
import { z } from 'zod';
import { DeviceId } from '../../ids.ts';
import {
  DeviceName,
  DeviceView,
  NotificationsView,
  NotifyPreferences,
  PushAddress,
} from '../../records/notification.ts';
import { endpoint } from '../define.ts';

const params = z.object({ id: DeviceId });

export const NOTIFICATIONS_API = {
  getNotifications: endpoint({
    method: 'get',
    path: '/notifications',
    doc: 'How the caller is told, their devices and their topic.',
    response: NotificationsView,
  }),
  setNotifications: endpoint({
    method: 'post',
    path: '/notifications/preferences',
    doc: 'Replaces the caller’s preferences.',
    body: NotifyPreferences,
    response: NotificationsView,
  }),
  addDevice: endpoint({
    method: 'post',
    path: '/notifications/devices',
    doc: 'Adds this browser, or takes it over under the id that it had. The receipt is known to this device alone.',
    body: z.object({
      name: DeviceName,
      address: PushAddress,
      /** The device whose address this replaces. */
      replaces: DeviceId.optional(),
    }),
    response: z.object({ device: DeviceView, receipt: z.string() }),
    status: 201,
  }),
  changeDevice: endpoint({
    method: 'post',
    path: '/notifications/devices/:id',
    doc: 'Renames a device, or switches its notifications.',
    params,
    body: z.object({ name: DeviceName.optional(), on: z.boolean().optional() }),
    response: DeviceView,
  }),
  removeDevice: endpoint({
    method: 'delete',
    path: '/notifications/devices/:id',
    doc: 'Forgets a device.',
    params,
    response: z.object({}),
  }),
  setTopic: endpoint({
    method: 'post',
    path: '/notifications/topic',
    doc: 'Sets the ntfy topic. The token is kept and never shown; left out, the one of the same address stays.',
    body: z.object({
      url: z.url({ protocol: /^https?$/ }).max(2048),
      token: z.string().min(1).max(500).optional(),
    }),
    response: NotificationsView,
  }),
  removeTopic: endpoint({
    method: 'delete',
    path: '/notifications/topic',
    doc: 'Forgets the topic and its token.',
    response: NotificationsView,
  }),
  testNotification: endpoint({
    method: 'post',
    path: '/notifications/test',
    doc: 'Sends a test at once and says in words how that went.',
    body: z.object({ to: z.union([DeviceId, z.literal('ntfy')]) }),
    response: z.object({ accepted: z.boolean(), detail: z.string(), tookMs: z.number().int() }),
  }),
  seeNotification: endpoint({
    method: 'post',
    path: '/notifications/seen',
    doc: 'A device says that a push arrived. Its receipt is the proof; it needs no sign-in.',
    body: z.object({ device: DeviceId, receipt: z.string().max(100) }),
    response: z.object({}),
  }),
} as const;
