/** A line of a runner's log, as it is read by people. */
export interface LogLine {
  readonly at: number | undefined;
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

const ERROR = 50;
const WARN = 40;

/** A record of the daemon's log; a line that is none is shown as it is. */
export function logLineOf(line: string): LogLine {
  try {
    const { time, level, msg, pid: _pid, err, ...others } = JSON.parse(line) as Record<string, unknown>;
    const more = Object.entries(others).map(
      ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const why = typeof err === 'object' && err !== null && 'message' in err ? [String(err.message)] : [];
    return {
      at: typeof time === 'number' ? time : undefined,
      level: Number(level) >= ERROR ? 'error' : Number(level) >= WARN ? 'warn' : 'info',
      text: [String(msg), ...why, ...more].join('  '),
    };
  } catch {
    return { at: undefined, level: 'info', text: line };
  }
}
