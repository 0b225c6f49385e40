/** The runner as a service manager is to start it. */
export interface ServiceProgram {
  /** `treeline-runner`, or `treeline-runner-<profile>`: one for each runner of a machine. */
  readonly name: string;
  /** Absolute paths: a service has neither a shell nor a version manager. */
  readonly node: string;
  readonly bundle: string;
  /** The runner's folder, which also holds its key. */
  readonly home: string;
  /** Where agents are looked for; a service's own is nearly empty. */
  readonly path: string;
}

/** First line of each file that `runner install` writes; nothing without it is ever removed. */
export const MADE_BY = 'Made by `treeline runner install`; `treeline runner uninstall` removes it.';

export const argumentsOf = ({ node, bundle, home }: ServiceProgram): readonly string[] => [
  node,
  bundle,
  'runner',
  '--home',
  home,
];
