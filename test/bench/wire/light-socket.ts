/**
 * A Socket.IO client of the least cost, so that what is measured is the server: it hands every event over as the text it
 * came as, and the reader decides how much of it to parse.
 */
import type { Ack } from '@treeline/shared';
import { WebSocket } from 'ws';

const OPEN = '0';
const PING = '2';
const PONG = '3';
const CONNECTED = '40';
const REFUSED = '44';
const EVENT = '42';
const REPLY = '43';

export class LightSocket {
  /** Hears `["name",payload]` of each event that wants no acknowledgement. */
  onText: (json: string) => void = () => undefined;
  /** Hears those that want one, and returns its value. */
  onRequest: (name: string, payload: unknown) => unknown = () => ({});
  onClose: () => void = () => undefined;
  readonly #socket: WebSocket;
  readonly #namespace: string;
  readonly #replies = new Map<number, (value: unknown) => void>();
  #asked = 0;

  private constructor(socket: WebSocket, namespace: string) {
    this.#socket = socket;
    this.#namespace = namespace;
  }

  static connect(url: string, namespace: string, auth: Record<string, string>): Promise<LightSocket> {
    const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(address, { perMessageDeflate: false });
    const light = new LightSocket(socket, namespace);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.on('close', () => {
        reject(new Error('the connection was closed'));
        light.onClose();
      });
      socket.on('message', (data: Buffer) => {
        const text = data.toString();
        if (text === PING) socket.send(PONG);
        else if (text.startsWith(EVENT)) light.#event(text.slice(text.indexOf(',') + 1));
        else if (text.startsWith(REPLY)) light.#reply(text.slice(text.indexOf(',') + 1));
        else if (text.startsWith(OPEN)) socket.send(`${CONNECTED}${namespace},${JSON.stringify(auth)}`);
        else if (text.startsWith(CONNECTED)) resolve(light);
        else if (text.startsWith(REFUSED)) reject(new Error(`${namespace} refused: ${text}`));
      });
    });
  }

  emit(event: string, payload: unknown): void {
    this.#socket.send(`${EVENT}${this.#namespace},${JSON.stringify([event, payload])}`);
  }

  /** Bytes that wait to be sent. */
  get backlog(): number {
    return this.#socket.bufferedAmount;
  }

  ask<T>(event: string, payload: unknown): Promise<Ack<T>> {
    const id = ++this.#asked;
    const reply = new Promise<unknown>((resolve) => this.#replies.set(id, resolve));
    this.#socket.send(`${EVENT}${this.#namespace},${id}${JSON.stringify([event, payload])}`);
    return reply as Promise<Ack<T>>;
  }

  /** The value of the acknowledgement; rejects with the problem that it holds. */
  async request<T>(event: string, payload: unknown): Promise<T> {
    const ack = await this.ask<T>(event, payload);
    if (!ack.ok) throw new Error(`${event}: ${ack.error.message}`);
    return ack.value;
  }

  close(): void {
    this.#socket.terminate();
  }

  #event(text: string): void {
    const at = text.indexOf('[');
    if (at === 0) return this.onText(text);
    const [name, payload] = JSON.parse(text.slice(at)) as [string, unknown];
    const value = this.onRequest(name, payload);
    this.#socket.send(`${REPLY}${this.#namespace},${text.slice(0, at)}${JSON.stringify([{ ok: true, value }])}`);
  }

  #reply(text: string): void {
    const at = text.indexOf('[');
    const id = Number(text.slice(0, at));
    const [value] = JSON.parse(text.slice(at)) as unknown[];
    this.#replies.get(id)?.(value);
    this.#replies.delete(id);
  }
}
