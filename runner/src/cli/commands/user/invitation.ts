/** How a one-time link is shown. */
import type { Api, EndpointResponse } from '@treeline/shared';
import type { Cli } from '../../cli.ts';
import { formatClock } from '../../time.ts';

type Invitation = EndpointResponse<Api['invitePerson']>;

export function printInvitation({ out }: Cli, { code, url, expiresAt }: Invitation): void {
  if (out.isJson) return out.json({ code, url, expiresAt });
  if (out.isQuiet) return out.line(url);
  out.line(url);
  out.note(`The link works once, until ${formatClock(expiresAt)}.`);
}
