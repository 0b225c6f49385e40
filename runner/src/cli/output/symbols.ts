/** The marks that go before words. The word always stands beside its mark, and no meaning is in a colour alone. */
export interface Symbols {
  readonly active: string;
  readonly pending: string;
  readonly idle: string;
  readonly attention: string;
  readonly done: string;
  readonly failed: string;
  readonly stopped: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly separator: string;
  readonly ellipsis: string;
  readonly arrow: string;
}

export const UNICODE: Symbols = {
  active: '●',
  pending: '◌',
  idle: '○',
  attention: '▲',
  done: '✓',
  failed: '✗',
  stopped: '■',
  branch: '├─ ',
  lastBranch: '└─ ',
  trunk: '│  ',
  separator: '·',
  ellipsis: '…',
  arrow: '→',
};

export const ASCII: Symbols = {
  active: '*',
  pending: '.',
  idle: 'o',
  attention: '!',
  done: '+',
  failed: 'x',
  stopped: '-',
  branch: '|- ',
  lastBranch: "'- ",
  trunk: '|  ',
  separator: '-',
  ellipsis: '...',
  arrow: '->',
};
