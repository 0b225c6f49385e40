/** `node talking-worker.mjs <session folder>`: a worker that only talks. It writes down all that its daemon says, and runs until it is told to shut down. */
import { appendFileSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const folder = process.argv[2];
const { assignment } = JSON.parse(readFileSync(join(folder, 'spec.json'), 'utf8'));
const socket = connect(join(folder, '..', '..', 'run', 'daemon.sock'));
const say = (message) => socket.write(`${JSON.stringify(message)}\n`);

say({
  type: 'hello',
  session: assignment.id,
  secret: readFileSync(join(folder, 'secret'), 'utf8'),
  pid: process.pid,
  attempt: assignment.attempt,
  last: { epoch: 0, seq: 0 },
});
say({ type: 'query', number: 1, what: 'list_children' });
say({ type: 'query', number: 2, what: 'list_runners' });
say({
  type: 'delta',
  after: { epoch: 0, seq: 0 },
  updates: [{ sessionUpdate: 'agent_message_chunk', text: 'unseen' }],
});

let rest = '';
socket.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const line of lines) {
    appendFileSync(join(folder, 'heard'), `${line}\n`);
    if (JSON.parse(line).type === 'shutdown') process.exit(0);
    if (JSON.parse(line).type === 'watch') {
      const updates = Array.from({ length: 100 }, () => ({ sessionUpdate: 'agent_message_chunk', text: 'seen' }));
      say({ type: 'delta', after: { epoch: 0, seq: 0 }, updates });
    }
  }
});
socket.on('close', () => process.exit(0));
