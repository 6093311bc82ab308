import { WebSocket } from 'ws';
import type { TrackerEvent } from '../../protocol/tracker-api.js';
import type { TestUser } from './test-tracker.js';

type Message = TrackerEvent | { type: 'error'; code: string; message: string };

/** A client of /events that keeps what it hears. */
export class EventsSocket {
  readonly heard: Message[] = [];
  /** The close code. */
  readonly closed: Promise<number>;
  #waiting: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()) as Message);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Resolves with the snapshot heard. */
  static async open(user: TestUser, query = ''): Promise<EventsSocket> {
    return EventsSocket.at(`${user.at.url.replace('http', 'ws')}/events${query}`, user.headers);
  }

  static async at(url: string, headers: Record<string, string> = {}): Promise<EventsSocket> {
    const socket = new EventsSocket(new WebSocket(url, { headers }));
    await socket.until((message) => message.type === 'snapshot');
    return socket;
  }

  /** The first message heard, or yet to be heard, that fits. */
  async until<Found extends Message = Message>(fits: (message: Message) => boolean): Promise<Found> {
    for (let at = 0; ; at += 1) {
      while (at >= this.heard.length) await new Promise<void>((wake) => this.#waiting.push(wake));
      const message = this.heard[at];
      if (message && fits(message)) return message as Found;
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** How the server refuses an upgrade: status and body. */
export function refusal(url: string, headers: Record<string, string>): Promise<[number, unknown]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers });
    socket.on('error', () => {});
    socket.on('open', () => reject(new Error('the upgrade was accepted')));
    socket.on('unexpected-response', (_request, response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then((parts) => resolve([response.statusCode ?? 0, JSON.parse(parts.join(''))]), reject);
    });
  });
}
