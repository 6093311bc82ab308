/** Channels that admins have renamed, archived or deleted, as the tracker's CA signed it: the latest word on each. */
import type { ChannelState, ChannelWord } from '../../protocol/channel-word.js';
import type { Database, Statement } from './sqlite.js';

export class ChannelWordStore {
  private readonly put: Statement;

  constructor(private readonly db: Database) {
    this.put = db.prepare(
      'INSERT OR REPLACE INTO channel_words (channel, title, state, time, sig) VALUES (?, ?, ?, ?, ?)',
    );
  }

  load(): ChannelWord[] {
    return this.db
      .prepare('SELECT channel, title, state, time, sig FROM channel_words')
      .all()
      .map((row) => ({
        channel: row['channel'] as string,
        title: row['title'] as string,
        state: row['state'] as ChannelState,
        time: new Date(Number(row['time'])).toISOString(),
        sig: row['sig'] as string,
      }));
  }

  save({ channel, title, state, time, sig }: ChannelWord): void {
    this.put.run(channel, title, state, Date.parse(time), sig);
  }
}
