/** Signing in at another place: the browser leaves this page and comes back to `/oidc`. */
import { request } from './http.ts';

/** For this tab alone: whoever comes back in another browser did not begin here. */
const FLOW = 'treeline.oidc';

export async function goToOidc(): Promise<void> {
  const { flow, url } = await request('beginOidc', {});
  sessionStorage.setItem(FLOW, flow);
  location.assign(url);
}

/** Rejects with unauthenticated for an answer that does not fit, forbidden for one who is not let in. */
export async function comeBackFromOidc(query: string): Promise<void> {
  const flow = sessionStorage.getItem(FLOW);
  sessionStorage.removeItem(FLOW);
  if (flow === null) throw new Error('This tab did not begin to sign in. Begin again at the door.');
  await request('finishOidc', { body: { flow, query } });
}
