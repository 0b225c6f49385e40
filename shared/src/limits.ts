/** Every bound of the wire and the tree, in one place. Sizes are bytes of UTF-8 unless they say characters; times are milliseconds. */
export const LIMITS = {
  /** One log frame, and so nearly the largest packet. */
  frameBytes: 512 * 1024,
  /** One Socket.IO packet or HTTP body. */
  packetBytes: 1024 * 1024,
  /** Nesting of any JSON from outside; checked before any schema sees it. */
  jsonDepth: 32,
  /** Characters of one free-text field (prompt, question, answer, message). */
  textChars: 128 * 1024,
  /** Bytes of a completion summary. */
  summaryBytes: 16 * 1024,
  titleChars: 200,
  keyChars: 200,
  labels: 32,
  labelChars: 63,
  options: 20,
  pathChars: 4096,
  recordsPerFrame: 512,
  framesPerPacket: 64,
  sessionsPerHello: 512,
  claimsPerPacket: 16,
  inboxItemsPerPush: 64,
  pageDefault: 50,
  pageMax: 500,
  logPageMax: 500,
  passwordCharsMin: 10,
  passwordChars: 200,
  passkeys: 20,
} as const;

/** Limits of the session graph; the relay may be configured otherwise. */
export const TREE_LIMITS = {
  /** A root has depth 0. */
  maxDepth: 4,
  maxLiveChildren: 8,
  maxLiveInTree: 32,
  spawnsPerMinute: 10,
} as const;

export const TIMES = {
  heartbeatMs: 10_000,
  /** Without a heartbeat for this long a runner counts as offline. */
  offlineAfterMs: 25_000,
  /** A question to a parent whose runner is offline goes to people after this long. */
  escalateAfterMs: 5 * 60_000,
  /** A question that a live parent leaves unanswered goes to people after this long. */
  unansweredAfterMs: 15 * 60_000,
  /** A question nobody answers expires after this long. */
  triggerExpiryMs: 7 * 24 * 3600_000,
  joinTokenMs: 30 * 60_000,
  setupCodeMs: 30 * 60_000,
  /** A browser that is not used for this long has to sign in again. */
  signInMs: 30 * 24 * 3600_000,
  /** Life of the token that a browser shows with each request; it fetches the next one by itself. */
  accessMs: 10 * 60_000,
  /** The token before is taken this long, for tabs that ask at the same time and answers that got lost. */
  refreshGraceMs: 60_000,
  invitationMs: 72 * 3600_000,
  /** A key that was rotated goes on working for this long, unless it is ended at once. */
  rotationGraceMs: 24 * 3600_000,
  /** A runner's key works for this long; its daemon asks for the next one when two thirds of it are over. */
  runnerKeyMs: 90 * 24 * 3600_000,
  shareMs: 7 * 24 * 3600_000,
} as const;
