import { shortId, type DeviceView } from '@treeline/shared';
import { command } from '../../command.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { formatAge } from '../../time.ts';

export const notifyLs = command({
  name: 'notify ls',
  summary: 'List where notifications reach you',
  details: 'Devices are added in the viewer, under Settings, Notifications; so is the ntfy topic.',
  examples: [['notify ls', 'Your devices, when each last saw a push, and your topic.']],
  args: {},
  flags: {},
  async action({ cli }) {
    const { out } = cli;
    const view = await (await cli.client()).getNotifications();
    if (out.isJson) return out.json(view);
    if (out.isQuiet) return view.devices.forEach(({ id }) => out.line(id));
    const now = Date.now();
    const ago = (at: number | undefined) => (at === undefined ? 'never' : `${formatAge(now - at)} ago`);
    const columns: Column<DeviceView>[] = [
      {
        heading: 'STATE',
        cell: ({ on, trouble }) => {
          const { active, stopped } = out.look.symbols;
          if (!on) return `${stopped} off`;
          return trouble === undefined ? `${active} on` : `${stopped} trouble`;
        },
      },
      { heading: 'ID', cell: ({ id }) => shortId(id) },
      { heading: 'DEVICE', flexible: true, cell: ({ name }) => name },
      { heading: 'SENT', cell: ({ lastSentAt }) => ago(lastSentAt) },
      { heading: 'SEEN', cell: ({ lastSeenAt }) => ago(lastSeenAt) },
      { heading: 'TROUBLE', flexible: true, cell: ({ trouble }) => trouble ?? '' },
    ];
    (await renderTable(view.devices, columns, out.look)).forEach((line) => out.line(line));
    for (const { name, at, why } of view.gone) out.note(`${name} was removed ${ago(at)}: ${why}`);
    if (view.topic !== null) out.note(`ntfy: ${view.topic.url}, sent ${ago(view.topic.lastSentAt)}`);
    if (view.devices.length === 0 && view.topic === null)
      out.note('Nothing reaches you yet: open the viewer, Settings, Notifications.');
  },
});
