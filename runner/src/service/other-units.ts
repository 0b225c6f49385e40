/** The runner as a LaunchAgent of macOS, and as a line for pm2. */
import { argumentsOf, MADE_BY, type ServiceProgram } from './program.ts';

export const launchdLabel = (name: string): string => `dev.treeline.${name}`;

export function launchdPlist(program: ServiceProgram & { readonly logs: string }): string {
  const { name, home, path, logs } = program;
  const log = `${logs}/supervisor.log`;
  const words = argumentsOf(program).map((word) => `    <string>${escaped(word)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MADE_BY} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${escaped(launchdLabel(name))}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    <string>${escaped(path)}</string>
    <key>TREELINE_HOME</key>
    <string>${escaped(home)}</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>AbandonProcessGroup</key>
  <true/>
  <key>StandardOutPath</key>
  <string>${escaped(log)}</string>
  <key>StandardErrorPath</key>
  <string>${escaped(log)}</string>
</dict>
</plist>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What starts it under pm2, which then only signals the runner itself: sessions go on. */
export function pm2Words({ name, node, bundle, home }: ServiceProgram): readonly string[] {
  const own = ['--name', name, '--interpreter', node, '--kill-timeout', '30000', '--no-treekill'];
  return ['pm2', 'start', bundle, ...own, '--', 'runner', '--home', home];
}

/** As a person can paste it into a shell. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}
