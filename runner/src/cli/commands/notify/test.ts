import type { DeviceView } from '@treeline/shared';
import { command } from '../../command.ts';
import { CliError, EXIT } from '../../exit.ts';
import { optional } from '../../flags.ts';
import { pick } from '../../ids.ts';

const idOf = ({ id }: DeviceView) => id;
const nameOf = ({ name }: DeviceView) => name;

export const notifyTest = command({
  name: 'notify test',
  summary: 'Send a test notification and say how that went',
  examples: [
    ['notify test', 'To every device and the topic.'],
    ['notify test "Chrome on Android"', 'To one device, by its name or id.'],
    ['notify test ntfy', 'To the topic.'],
  ],
  args: { to: optional('a device, or ntfy') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const { devices, topic } = await client.getNotifications();
    const all = [...devices.map(({ id }) => id), ...(topic === null ? [] : (['ntfy'] as const))];
    const byName = { what: 'device', list: 'notify ls', id: idOf, name: nameOf, label: nameOf };
    const targets =
      args.to === undefined ? all : [args.to === 'ntfy' ? ('ntfy' as const) : pick(devices, args.to, byName).id];
    if (targets.length === 0)
      throw new CliError(EXIT.notFound, {
        code: 'not_found',
        message: 'There is no device and no topic to send to',
        hint: 'Open the viewer on the device, Settings, Notifications.',
      });
    const results = [];
    for (const to of targets) results.push({ to, ...(await client.testNotification({ body: { to } })) });
    if (out.isJson) out.json(results);
    else {
      for (const { to, accepted, detail, tookMs } of results) {
        const name = devices.find(({ id }) => id === to)?.name ?? to;
        const { done, failed } = out.look.symbols;
        out.line(`${accepted ? done : failed} ${name}: ${detail}${accepted ? ` in ${tookMs} ms` : ''}`);
      }
    }
    const refused = results.find(({ accepted }) => !accepted);
    if (refused !== undefined)
      throw new CliError(EXIT.failed, {
        code: 'unavailable',
        message: refused.detail,
        hint: 'treeline notify ls shows when each device was last heard of.',
      });
  },
});
