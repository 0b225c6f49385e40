/**
 * A Socket.IO client of the least cost, so that what is measured is the server: it hands every event over as the text it
 * came as, and the reader decides how much of it to parse.
 */
import { WebSocket } from 'ws';

const OPEN = '0';
const PING = '2';
const PONG = '3';
const CONNECTED = '40';
const REFUSED = '44';
const EVENT = '42';
const REPLY = '43';

export class LightSocket {
  /** Hears `["name",payload]` of each event. */
  onText: (json: string) => void = () => undefined;
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
        else if (text.startsWith(EVENT)) light.onText(text.slice(text.indexOf(',') + 1));
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

  /** The value of the acknowledgement; rejects with the problem that it holds. */
  async request<T>(event: string, payload: unknown): Promise<T> {
    const id = ++this.#asked;
    const reply = new Promise<unknown>((resolve) => this.#replies.set(id, resolve));
    this.#socket.send(`${EVENT}${this.#namespace},${id}${JSON.stringify([event, payload])}`);
    const ack = (await reply) as { ok: true; value: T } | { ok: false; error: { message: string } };
    if (!ack.ok) throw new Error(`${event}: ${ack.error.message}`);
    return ack.value;
  }

  close(): void {
    this.#socket.terminate();
  }

  #reply(text: string): void {
    const at = text.indexOf('[');
    const id = Number(text.slice(0, at));
    const [value] = JSON.parse(text.slice(at)) as unknown[];
    this.#replies.get(id)?.(value);
    this.#replies.delete(id);
  }
}
