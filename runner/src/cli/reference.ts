/** docs/cli.md, made from the declarations of the commands. */
import type { Command } from './command.ts';
import { COMMANDS, GROUPS } from './commands/index.ts';
import type { Flag } from './flags.ts';
import { GLOBAL_FLAGS } from './globals.ts';

const HEAD = `# The command line

\`treeline\`, or \`npx pnpm treeline\` in a clone. This page is made from the commands themselves
(\`TREELINE_WRITE_DOCS=1 npx vitest run runner/src/cli/reference.test.ts\`), and a test holds it to them.

## Which relay a command talks to

The first that is there:

1. \`--url\` with \`--token-file\`; a URL alone takes the key that is known for it
2. \`--data-dir\`: the relay that keeps its data there, on this machine
3. \`TREELINE_URL\` with \`TREELINE_KEY_FILE\`
4. what \`treeline login\` kept in \`login.json\` of \`TREELINE_HOME\` (default \`~/.treeline\`)
5. the relay of this machine, by \`local.json\` in \`TREELINE_DATA_DIR\` (default \`~/.treeline/relay\`)

So where \`treeline up\` runs no sign-in is needed. A key is never an argument.

## Ids

Any beginning or end of an id that is unambiguous and has four characters; runners and keys by name too. Tables show the
last six characters, because an id begins with the clock; \`--json\` shows whole ids.

## Exit codes

| code | meaning |
| --- | --- |
| 0 | ok |
| 1 | failed |
| 2 | wrong usage, or an ambiguous id |
| 3 | not found |
| 4 | not allowed, not logged in |
| 5 | the relay cannot be reached |
| 6 | conflict, such as answered already |
| 7 | timed out |
| 8 | runner offline, or none there |
| 20, 21, 22 | \`session wait\`: the session failed, needs you, was stopped |
| 130 | interrupted |

With \`--json\` a problem is \`{"error": {"code", "message", "hint", "requestId"}}\` on stderr.
`;

export function cliReference(): string {
  const isGroup = (name: string) => GROUPS.some((group) => group.name === name);
  const alone = COMMANDS.filter(({ name }) => !name.includes(' ') && !isGroup(name));
  const sections = [
    `## Flags of every command\n\n${flagList(Object.values(GLOBAL_FLAGS))}`,
    ...alone.flatMap((command) => [section(command, '##'), ...subcommands(command.name)]),
    ...GROUPS.flatMap(({ name, alias, summary }) => [
      `## ${name}${alias === undefined ? '' : `, ${alias}`}\n\n${summary}.`,
      ...COMMANDS.filter((command) => `${command.name} `.startsWith(`${name} `)).map((command) =>
        section(command, '###'),
      ),
    ]),
  ];
  return `${[HEAD.trimEnd(), ...sections].join('\n\n')}\n`;
}

const subcommands = (name: string): string[] =>
  COMMANDS.filter((command) => command.name.startsWith(`${name} `)).map((command) => section(command, '###'));

function section(command: Command, level: '##' | '###'): string {
  const { name, summary, details, examples, args, flags } = command;
  const usage = [name, ...Object.entries(args).map(([key, arg]) => arg.shape(key))].join(' ');
  const parts = [`${level} ${name}`, `${summary}.`, ...(details === undefined ? [] : [details.replaceAll('\n', ' ')])];
  const typed = examples.map(([line, doc]) => `treeline ${line}   # ${doc}`).join('\n');
  parts.push(`\`\`\`sh\ntreeline ${usage}\n\n${typed}\n\`\`\``);
  const list = [
    ...Object.entries(args).map(([key, { doc }]) => `- \`${key}\`: ${doc}`),
    flagList(Object.values(flags)),
  ];
  return [...parts, list.filter((part) => part !== '').join('\n')].filter((part) => part !== '').join('\n\n');
}

function flagList(flags: readonly Flag<unknown>[]): string {
  return flags.map((flag) => `- \`${flag.flags}\`: ${flag.doc}`).join('\n');
}
