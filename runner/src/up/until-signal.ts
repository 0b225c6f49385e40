/** Ending on request: the first SIGINT, SIGTERM or SIGHUP asks; a Ctrl-C after that does not want to wait. */

export interface SignalWatch {
  /** Resolves with the first signal. */
  readonly asked: Promise<NodeJS.Signals>;
  /** Stops listening. */
  stop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C may come twice: from the terminal, and passed on by whatever started this program. */
const SAME_KEY_MS = 700;

/** `insisted` is called for a further Ctrl-C. */
export function watchSignals(insisted: () => void): SignalWatch {
  let firstAt: number | undefined;
  let ask: (signal: NodeJS.Signals) => void = () => undefined;
  const asked = new Promise<NodeJS.Signals>((resolve) => (ask = resolve));
  const onSignal = (signal: NodeJS.Signals) => {
    firstAt ??= performance.now();
    if (signal === 'SIGINT' && performance.now() - firstAt > SAME_KEY_MS) insisted();
    else ask(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    asked,
    stop: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
