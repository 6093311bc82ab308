/** `POST /channels/:name/topic` (SPEC.md section 2). Throws as `TrackerHttp.call` does. */
import type { ChannelName } from '../../protocol/ids.js';
import { successAnswer } from './answers.js';
import { post } from './api.js';
import type { Ask } from './mailbox-api.js';

export class TopicApi {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async set(channel: ChannelName, topic: string): Promise<void> {
    const path = `channels/${channel}/topic`;
    await this.#ask((session, http) => http.call(session.base, post(session, path, { topic }), successAnswer));
  }
}
