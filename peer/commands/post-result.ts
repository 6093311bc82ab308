/** What `message.post` answers. A flood is answered tens of thousands of times a second, so it is made into text without the view. */
import type { Entry } from '../../protocol/entry.js';
import type { EntryView } from '../../protocol/local-api.js';
import type { PeerServices } from '../services.js';
import { entryViewText, viewerOf, viewNow } from './entry-view.js';

export class PostResult {
  constructor(
    private readonly services: PeerServices,
    private readonly posted: Entry,
    private readonly client: string | undefined,
  ) {}

  /** As it looks when it is asked for. */
  get entry(): EntryView {
    const view = viewNow(this.services, this.posted);
    return this.client === undefined ? view : { ...view, client: this.client };
  }

  toJSON(): { entry: EntryView } {
    return { entry: this.entry };
  }

  /** The same as JSON. */
  text(): string {
    const { services, posted, client } = this;
    // An answer bears what it answers.
    if (services.history.related(posted)) return JSON.stringify(this);
    return `{"entry":${entryViewText(posted, viewerOf(services, posted.conversation), client)}}`;
  }
}
