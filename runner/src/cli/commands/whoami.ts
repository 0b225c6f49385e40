import { command } from '../command.ts';
import { renderFields } from '../output/fields.ts';

export const whoami = command({
  name: 'whoami',
  summary: 'Show which relay commands talk to, and as whom',
  examples: [['whoami', 'The relay, its version, your name there.']],
  args: {},
  flags: {},
  async action({ cli }) {
    const { out } = cli;
    const { url, source } = await cli.relay();
    const me = await (await cli.client()).whoAmI();
    if (out.isJson) return out.json({ url, source, ...me });
    if (out.isQuiet) return out.line(me.name);
    const fields: [string, string][] = [
      ['Relay', url],
      ['Version', me.version],
      ['Store', me.volatile ? 'volatile: it may lose what it acknowledged' : ''],
      ['You', `${me.name} (${me.kind})`],
      ['Key from', source],
    ];
    renderFields(fields, out.look).forEach((line) => out.line(line));
  },
});
