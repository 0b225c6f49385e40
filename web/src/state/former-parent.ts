/** Why a session that had a parent stands by itself, as people read it. Pure. */
import type { SessionView } from '@treeline/shared';

/** The relay had lost its records; the session's runner has brought it back. */
export function wasBroughtBack({ createdBy }: Pick<SessionView, 'createdBy'>): boolean {
  return createdBy.kind === 'relay';
}

export const STARTER_LOST = 'by somebody whose name was lost with the relay’s records';

/** `isThere`: the relay knows the former parent. */
export function whyApart(session: Pick<SessionView, 'createdBy'>, isThere: boolean): string {
  if (!wasBroughtBack(session)) return 'That session was deleted. This one goes on by itself.';
  const lost = 'The relay lost its records, and with them where this session belongs.';
  return isThere
    ? `${lost} It goes back under that one only if the log there says that it was started there.`
    : `${lost} That session is not here; should its runner bring it back, this one can go back under it.`;
}
