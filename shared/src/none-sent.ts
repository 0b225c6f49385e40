/** How the refusal of somebody ends who has shown no credential at all, as a browser that is not signed in looks for one. */
export const NONE_SENT = 'and none was sent';
