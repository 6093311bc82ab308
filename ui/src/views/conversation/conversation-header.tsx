import { ChannelHeader } from '../channel/channel-header.js';
import { PersonHeader } from '../channel/person-header.js';

interface ConversationHeaderProps {
  readonly conversation: string;
  readonly place: string;
  readonly known: boolean;
}

/** Drawn anew (by key) for each conversation, so that no dialog or menu of one stays open over another. */
export function ConversationHeader({ conversation, place, known }: ConversationHeaderProps) {
  return conversation.startsWith('#') ? (
    <ChannelHeader key={conversation} conversation={conversation} known={known} />
  ) : (
    <PersonHeader key={conversation} conversation={conversation} username={place} known={known} />
  );
}
