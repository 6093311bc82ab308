/** `POST /channels/:name/topic` (SPEC.md section 2). Throws as `TrackerHttp.call` does. */
import type { ChannelName } from '../../protocol/ids.js';
import { successAnswer } from './answers.js';
import type { Ask } from './mailbox-api.js';

export class TopicApi {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async set(channel: ChannelName, topic: string): Promise<void> {
    const path = `channels/${channel}/topic`;
    await this.#ask(({ base, token, signal }, http) =>
      http.call(base, { method: 'POST', path, body: { topic }, token, ...(signal ? { signal } : {}) }, successAnswer),
    );
  }
}
