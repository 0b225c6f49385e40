/** Newline-delimited JSON over a socket, checked in both directions. */
import { StringDecoder } from 'node:string_decoder';
import type { Socket } from 'node:net';
import { parseJson } from '@treeline/shared';
import type { z } from 'zod';

const MAX_LINE_CHARS = 1024 * 1024;

export interface LinesOptions<In extends z.ZodType> {
  readonly socket: Socket;
  readonly incoming: In;
  readonly onMessage: (message: z.output<In>) => void;
  /** The other side sent something that is no message, or too long; the socket is destroyed after this. */
  readonly onProblem: (error: Error) => void;
}

export interface Lines<Out> {
  /** False: the socket's buffer is full (or the socket gone), so hold back what may be dropped. */
  send(message: Out): boolean;
  /** Bytes that wait to be sent. */
  readonly backlog: number;
}

/** Speaks over a socket. Errors and the end of the socket itself stay with the caller. */
export function overLines<In extends z.ZodType, Out>(options: LinesOptions<In>): Lines<Out> {
  const { socket, incoming, onMessage, onProblem } = options;
  const decoder = new StringDecoder('utf8');
  let rest = '';

  const receive = (chunk: Buffer) => {
    const pieces = (rest + decoder.write(chunk)).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      if (socket.destroyed) return;
      if (piece !== '') onMessage(parseJson(incoming, piece, 'A line from the socket'));
    }
    if (rest.length > MAX_LINE_CHARS) throw new Error(`A line is longer than ${MAX_LINE_CHARS} characters`);
  };

  socket.on('data', (chunk: Buffer) => {
    try {
      receive(chunk);
    } catch (error) {
      onProblem(error instanceof Error ? error : new Error(String(error)));
      socket.destroy();
    }
  });

  return {
    send: (message) => socket.writable && socket.write(`${JSON.stringify(message)}\n`),
    get backlog() {
      return socket.writableLength;
    },
  };
}
