/** What the sync machine decides, done on the sessions of its links. */
import { sameUser } from '../../protocol/ids.js';
import type { MeshOptions } from './mesh-options.js';
import type { LinkToken, SyncOutput } from './ports.js';
import type { Session } from './session.js';

/** @param moves there is something to send that no drain will bring about */
export function syncOutput(
  options: MeshOptions,
  to: (link: LinkToken) => Session | undefined,
  moves: (session: Session) => void,
): SyncOutput {
  const { username, device, log, receipt, agreed } = options;
  return {
    have: (link, heads, complete) => to(link)?.have(heads, complete),
    ranges: (link, line) => to(link)?.link.send(line),
    agreed: (link, conversation, theirs) => {
      const session = to(link);
      if (session) agreed?.({ link, remote: session.link.remote.device }, conversation, theirs);
    },
    pruned: (link, conversation, author, upTo) =>
      to(link)?.link.send({ type: 'pruned', conversation, device: author, upTo }),
    want: (link, conversation, author, from, upto) =>
      to(link)?.link.send({ type: 'want', conversation, device: author, from, to: upto }),
    serve: (link, conversation, author, from, upto) => {
      const session = to(link);
      if (!session) return;
      session.sender.serve(conversation, author, from, upto);
      moves(session);
    },
    push: (link, channel, what) => to(link)?.link.send({ type: 'push', channel, what }),
    unfollow: (link, conversation) => to(link)?.sender.unfollow(conversation, device),
    stopServing: (link, conversation) => to(link)?.sender.stop(conversation),
    // Our own other devices hold our log too; a receipt is about other people.
    receipt: (conversation, word) => {
      if (!sameUser(word.username, username)) receipt(conversation, word);
    },
    ownTail: (conversation, seq) => log.ownTail(conversation, seq),
  };
}
