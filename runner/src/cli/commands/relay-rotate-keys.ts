import { command } from '../command.ts';
import { toggle } from '../flags.ts';

export const relayRotateKeys = command({
  name: 'relay rotate-keys',
  summary: 'Sign the cookies of browsers with a new key',
  details:
    'Nobody notices: what the earlier key signed counts until it runs out. With --now it counts no longer, and everybody\n' +
    'has to sign in again. API keys and runners are not concerned.',
  examples: [
    ['relay rotate-keys', 'From time to time.'],
    ['relay rotate-keys --now', 'When somebody may have read the store or a backup of it.'],
  ],
  args: {},
  flags: { now: toggle('--now', 'end the earlier keys at once') },
  async action({ flags, cli }) {
    const { out } = cli;
    const { keyId, signedOut } = await (await cli.client()).rotateSigningKeys({ body: { endNow: flags.now } });
    if (out.isJson) return out.json({ keyId, signedOut });
    if (out.isQuiet) return out.line(keyId);
    out.line(`${out.look.symbols.done} a new key signs${flags.now ? `; ${signedOut} browsers were signed out` : ''}`);
  },
});
