/** Every figure that is measured: its name, its unit, and what it must and should reach. */

export const WS = 'raw ws';
export const SOCKET_IO = 'bare socket.io';
/** Each message is kept before it is forwarded, in the barest way there is. */
export const WS_FILE = 'raw ws, fdatasync';
export const WS_REDIS = 'raw ws, redis everysec';

/** What a value is compared with: another figure of the same run, of the same candidate unless it says which. */
export interface Against {
  readonly figure?: FigureId;
  readonly candidate?: string;
}

export interface Target {
  /** Whose value is judged; default: every relay's. */
  readonly of?: RegExp;
  /** Absent: the value itself is judged. */
  readonly against?: Against;
  readonly better: 'less' | 'more';
  readonly must?: number;
  readonly goal?: number;
  /** Added to what `must` and `goal` multiply. */
  readonly plus?: { readonly must: number; readonly goal: number };
}

export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly targets?: readonly Target[];
}

const times = (candidate: string, must: number, goal: number): Target => ({
  against: { candidate },
  better: 'less',
  must,
  goal,
});
const atMost = (must: number, goal?: number): Target => ({
  better: 'less',
  must,
  ...(goal === undefined ? {} : { goal }),
});
const atLeast = (must: number, goal: number): Target => ({ better: 'more', must, goal });
const W = { figure: 'latency.1x1.p50', candidate: WS } as const;
const TRIP = { figure: 'trip.serial.p50', candidate: WS } as const;

const DECLARED = {
  'burst.1x1.cpu': { title: '1 → 1, burst: CPU per delivery', unit: 'µs', targets: [times(WS, 1.6, 0.9)] },
  'burst.1x10.cpu': { title: '1 → 10, burst: CPU per delivery', unit: 'µs', targets: [times(WS, 0.4, 0.25)] },
  'burst.1x50.cpu': { title: '1 → 50, burst: CPU per delivery', unit: 'µs', targets: [times(WS, 0.25, 0.15)] },
  'burst.10x5.cpu': { title: '10 × 5, burst: CPU per delivery', unit: 'µs' },
  'burst.100x2.cpu': { title: '100 × 2, burst: CPU per delivery', unit: 'µs' },
  'burst.1x1.rate': {
    title: '1 → 1, saturation',
    unit: 'events/s',
    targets: [
      { ...atLeast(25_000, 25_000) },
      { against: { candidate: SOCKET_IO }, better: 'more', must: 0.4, goal: 1 },
    ],
  },
  'burst.1x10.rate': { title: '1 → 10, saturation', unit: 'deliveries/s' },
  'burst.1x50.rate': { title: '1 → 50, saturation', unit: 'deliveries/s', targets: [atLeast(400_000, 1_000_000)] },
  'burst.10x5.rate': { title: '10 × 5, saturation', unit: 'deliveries/s', targets: [atLeast(100_000, 250_000)] },
  'burst.100x2.rate': { title: '100 × 2, saturation', unit: 'deliveries/s' },
  'latency.1x1.p50': {
    title: '1 → 1 at 200/s, stored: p50',
    unit: 'ms',
    targets: [{ against: W, better: 'less', must: 2.8, goal: 2.3 }],
  },
  'latency.1x1.p99': { title: '1 → 1 at 200/s, stored: p99', unit: 'ms', targets: [atMost(10)] },
  'latency.cross.p50': {
    title: '1 → 1 at 200/s, stored, across two relays: p50',
    unit: 'ms',
    targets: [{ against: W, better: 'less', must: 3.2, goal: 2.4 }],
  },
  'latency.cross.p99': { title: '1 → 1 at 200/s, stored, across two relays: p99', unit: 'ms', targets: [atMost(10)] },
  'latency.delta.p50': {
    title: '1 → 1 at 200/s, delta: p50',
    unit: 'ms',
    targets: [{ against: W, better: 'less', must: 1.8, goal: 1.5 }],
  },
  'latency.delta.p99': { title: '1 → 1 at 200/s, delta: p99', unit: 'ms', targets: [atMost(10)] },
  'latency.1x50.p50': { title: '1 → 50 at 200/s: p50', unit: 'ms' },
  'latency.1x50.p99': { title: '1 → 50 at 200/s: p99', unit: 'ms' },
  'flood.time': {
    title: '20,000 events at once: all stored and delivered',
    unit: 'ms',
    targets: [atMost(1500, 500)],
  },
  'flood.rss': { title: '20,000 events at once: RSS of the relay grows by', unit: 'MB', targets: [atMost(64, 32)] },
  'tokens.cpu': {
    title: '2,000 token deltas/s × 10: CPU per delivery',
    unit: 'µs',
    targets: [times(SOCKET_IO, 0.3, 0.15)],
  },
  'tokens.p50': { title: '2,000 token deltas/s × 10: p50', unit: 'ms' },
  'tokens.added': {
    title: '2,000 token deltas/s × 10: p50 beyond bare socket.io',
    unit: 'ms',
    targets: [atMost(20)],
  },
  'tokens.lost': { title: '2,000 token deltas/s × 10: not delivered', unit: '%' },
  'trip.serial.p50': {
    title: 'trigger round trip, one at a time: p50',
    unit: 'ms',
    targets: [
      { of: /everysec/, against: TRIP, better: 'less', must: 2.6, goal: 1.9 },
      { of: /embedded|always/, against: TRIP, better: 'less', must: 4, goal: 2.8 },
      { of: /two|embedded|everysec/, ...atMost(3, 1.5) },
    ],
  },
  'trip.serial.p99': {
    title: 'trigger round trip, one at a time: p99',
    unit: 'ms',
    targets: [{ of: /everysec|embedded|always/, ...atMost(8) }],
  },
  'trip.64.p50': { title: 'trigger round trip, 64 in flight: p50', unit: 'ms' },
  'trip.64.p99': { title: 'trigger round trip, 64 in flight: p99', unit: 'ms' },
  'trip.64.rate': { title: 'trigger round trip, 64 in flight', unit: 'trips/s' },
  'trip.64.cpu': { title: 'trigger round trip, 64 in flight: CPU per trip', unit: 'µs' },
  'spawn.first': { title: 'spawn to the first event at a viewer', unit: 'ms' },
  'viewers.connect': { title: '1,000 viewers: connect and attach, each', unit: 'ms' },
  'viewers.memory': { title: '1,000 viewers: memory, each', unit: 'KB', targets: [atMost(30, 16)] },
  'viewers.rate': { title: '1,000 viewers: fan-out', unit: 'deliveries/s' },
  'viewers.cpu': { title: '1,000 viewers: CPU per delivery', unit: 'µs' },
  'store.list': { title: 'list of 50 out of 10,000 sessions: p50', unit: 'ms', targets: [atMost(10, 3)] },
  'store.tree': { title: 'tree of 1,000 sessions: p50', unit: 'ms', targets: [atMost(30, 10)] },
  'store.open': { title: 'open a log of 10,000 entries at its end: p50', unit: 'ms' },
  'start.ready': { title: 'start to /readyz', unit: 'ms', targets: [atMost(500, 250)] },
  'start.full': { title: 'start to /readyz with 10,000 sessions', unit: 'ms' },
  'recovery.two': {
    title: 'kill -9 of one of two relays to the next event at a viewer',
    unit: 'ms',
    targets: [atMost(400, 100)],
  },
  'recovery.one': {
    title: 'kill -9 of the only relay, started again at once, to the next event at a viewer',
    unit: 'ms',
    targets: [
      {
        against: { figure: 'start.ready' },
        better: 'less',
        must: 1,
        goal: 1,
        plus: { must: 500, goal: 300 },
      },
    ],
  },
  'recovery.half': { title: 'a half-open link is noticed', unit: 's', targets: [atMost(20, 15)] },
  'memory.relay.rss': {
    title: 'relay, idle: RSS',
    unit: 'MB',
    targets: [
      { of: /embedded/, ...atMost(100, 75) },
      { of: /redis/, ...atMost(110, 75) },
    ],
  },
  'memory.relay.private': { title: 'relay, idle: private memory', unit: 'MB' },
  'memory.runner.rss': {
    title: 'runner: RSS',
    unit: 'MB',
    targets: [{ of: /^worker, command/, ...atMost(55) }],
  },
  'memory.runner.private': {
    title: 'runner: private memory',
    unit: 'MB',
    targets: [{ of: /^worker, command/, ...atMost(15, 11) }],
  },
  'memory.pi': {
    title: 'a small Pi: relay + daemon + 8 command workers, private memory',
    unit: 'MB',
    targets: [atMost(260, 200)],
  },
  'worker.start': { title: 'worker of a command: start', unit: 'ms', targets: [atMost(150, 90)] },
  'idle.cpu': { title: 'idle with 100 idle sessions: CPU', unit: '% of a core' },
  'idle.runner.memory': {
    title: 'idle runner: RSS of supervisor and daemon together',
    unit: 'MB',
    targets: [atMost(150)],
  },
  'idle.runner.worker': { title: 'idle runner: RSS of its largest worker', unit: 'MB', targets: [atMost(60)] },
  'idle.runner.cpu': {
    title: 'idle runner: CPU of supervisor, daemon and workers',
    unit: '% of a core',
    targets: [atMost(1)],
  },
  'idle.runner.start': { title: 'start of the daemon to registered', unit: 'ms', targets: [atMost(1500)] },
  'size.files': { title: 'what is installed', unit: 'MB' },
  'growth.event': { title: 'CPU per stored event', unit: 'µs' },
  'growth.list': { title: 'list of 50: p50', unit: 'ms' },
  'growth.tree': { title: 'tree of 30: p50', unit: 'ms' },
  'growth.relays': { title: 'CPU per event that crosses relays, all relays and Redis', unit: 'µs' },
} as const satisfies Record<string, { title: string; unit: string; targets?: readonly unknown[] }>;

export type FigureId = keyof typeof DECLARED;
export const FIGURES: Readonly<Record<FigureId, Figure>> = DECLARED as unknown as Record<FigureId, Figure>;
