// Somebody at their peer without a browser: speaks to it as the UI does, over its WebSocket.
import { WebSocket } from 'ws';

/** @import { PersonView, Snapshot } from '../../protocol/local-views.js' */
/** @import { CommandName, CommandArguments, CommandResults } from '../../protocol/local-commands.js' */

export class Teller {
  /** @type {WebSocket} */ #socket;
  #lastId = 0;
  /** @type {Map<number, (result: { ok: boolean, message?: string }) => void>} */ #asked = new Map();
  /** @type {Set<() => void>} */ #waiting = new Set();
  /** @type {Map<string, PersonView>} */ people = new Map();
  /** Texts of the entries that came in or were written here, by conversation. @type {Map<string, Set<string>>} */
  texts = new Map();
  username = '';

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
  }

  /**
   * @param {string} login the one-time link that the peer prints
   * @returns {Promise<Teller>} once its snapshot has come
   */
  static async sitDown(login) {
    const response = await fetch(login, { redirect: 'manual' });
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const { host, origin } = new URL(login);
    const teller = new Teller(new WebSocket(`ws://${host}/ws`, { headers: { cookie }, origin }));
    await teller.until(() => teller.username !== '');
    return teller;
  }

  /**
   * @template {CommandName} Name
   * @param {Name} command
   * @param {CommandArguments<Name>} args
   * @returns {Promise<CommandResults[Name]>}
   */
  run(command, args) {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ ...args, id, command }));
    return new Promise((resolve, reject) => {
      this.#asked.set(id, (result) => {
        if (result.ok) resolve(/** @type {CommandResults[Name]} */ (/** @type {unknown} */ (result)));
        else reject(new Error(`${this.username}: ${command}: ${result.message ?? ''}`));
      });
    });
  }

  /** Resolves once it holds; looked at after everything that the peer says. @param {() => boolean} holds */
  until(holds) {
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return;
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
        look();
      })
    );
  }

  /** @param {string} username */
  linkedWith(username) {
    return this.until(() => this.people.get(username)?.link === 'linked');
  }

  /**
   * @param {string} conversation
   * @param {string} text
   */
  reads(conversation, text) {
    return this.until(() => this.texts.get(conversation)?.has(text) === true);
  }

  leave() {
    this.#socket.close();
  }

  /** @param {any} frame */
  #hear(frame) {
    if (frame.type === 'result') this.#asked.get(frame.id)?.(frame);
    if (frame.type === 'snapshot') {
      const snapshot = /** @type {Snapshot} */ (frame);
      this.username = snapshot.me.username;
      for (const person of snapshot.people) this.people.set(person.username, person);
    }
    if (frame.type === 'person') this.people.set(frame.person.username, frame.person);
    if (frame.type === 'entries') {
      const texts = this.texts.get(frame.conversation) ?? new Set();
      for (const { message } of frame.entries) texts.add(message);
      this.texts.set(frame.conversation, texts);
    }
    for (const look of [...this.#waiting]) look();
  }
}
