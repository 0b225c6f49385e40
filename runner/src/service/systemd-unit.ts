/**
 * The systemd unit of a runner. Agents are programs of the user that work anywhere in the user's folders, so the unit takes
 * from them what no coding agent needs, and leaves the home folder, the network and new processes. In a user manager
 * only what needs no privilege can be taken.
 */
import { argumentsOf, MADE_BY, type ServiceProgram } from './program.ts';

export interface SystemdUnitOptions extends ServiceProgram {
  /** Set for a unit of the system: the user and the group that it runs as. */
  readonly runAs?: { readonly user: string; readonly group: string; readonly userHome: string } | undefined;
}

export function systemdUnit(options: SystemdUnitOptions): string {
  const { home, path, runAs } = options;
  const system = runAs !== undefined;
  const lines = [
    `# ${MADE_BY}`,
    '[Unit]',
    'Description=Treeline runner',
    ...(system ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    // Given up after five starts that failed within five minutes; systemctl reset-failed begins anew.
    'StartLimitIntervalSec=300',
    'StartLimitBurst=5',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${argumentsOf(options).map(quoted).join(' ')}`,
    `Environment=${quoted(`PATH=${path}`)}`,
    `Environment=${quoted(`TREELINE_HOME=${home}`)}`,
    ...(system
      ? [`User=${runAs.user}`, `Group=${runAs.group}`, `Environment=${quoted(`HOME=${runAs.userHome}`)}`]
      : []),
    'Restart=on-failure',
    'RestartSec=5',
    // Only the runner is told to stop: sessions go on, and the next start takes them over.
    'KillMode=process',
    'TimeoutStopSec=30',
    'LimitNOFILE=65536',
    '',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'LockPersonality=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'SystemCallArchitectures=native',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
    'SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap',
    'SystemCallErrorNumber=EPERM',
    ...(system
      ? [`ReadWritePaths=${[...WRITABLE, home].map((path) => quoted(`-${path}`)).join(' ')}`, ...SYSTEM_ONLY]
      : []),
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Where people keep what agents work on. */
const WRITABLE = ['/home', '/root', '/srv', '/opt', '/tmp', '/var/tmp', '/mnt', '/media'];

const SYSTEM_ONLY = [
  'ProtectSystem=strict',
  'PrivateDevices=yes',
  'DevicePolicy=closed',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectControlGroups=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectProc=invisible',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'KeyringMode=private',
  'RemoveIPC=no',
];

/** One word of a unit file: in quotes, with what systemd would expand or end it at taken literally. */
export function quoted(word: string): string {
  const literal = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `"${literal.replaceAll('\n', '\\n')}"`;
}
