import { PROTOCOL } from '@treeline/shared';
import { command } from '../command.ts';

export const version = command({
  name: 'version',
  summary: 'Print the version',
  examples: [['version --json', 'With the protocol and the Node that runs it.']],
  args: {},
  flags: {},
  async action({ cli }) {
    const { out, settings } = cli;
    if (out.isJson) return out.json({ version: settings.version, protocol: PROTOCOL, node: process.versions.node });
    out.line(settings.version);
  },
});
