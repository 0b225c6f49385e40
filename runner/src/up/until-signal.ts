/** Ending on request: the first SIGINT, SIGTERM or SIGHUP asks; another SIGINT does not wait any longer. */

export interface SignalWatch {
  /** Resolves with the first signal. */
  readonly asked: Promise<NodeJS.Signals>;
  /** Stops listening. */
  stop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `insisted` is called for each further Ctrl-C. */
export function watchSignals(insisted: () => void): SignalWatch {
  let first = true;
  let ask: (signal: NodeJS.Signals) => void = () => undefined;
  const asked = new Promise<NodeJS.Signals>((resolve) => (ask = resolve));
  const onSignal = (signal: NodeJS.Signals) => {
    if (!first && signal === 'SIGINT') return insisted();
    first = false;
    ask(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    asked,
    stop: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
