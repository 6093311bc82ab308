import type { PersonView } from '../../../protocol/local-api.js';
import { Avatar } from './avatar.js';
import { PresenceIcon } from './presence.js';

interface FaceProps {
  readonly person: PersonView;
  readonly size?: 'tiny' | 'small' | 'normal';
}

/** The picture of a person, with how they are at its corner. */
export function Face({ person, size = 'tiny' }: FaceProps) {
  return (
    <span class={`face face-${size}`}>
      <Avatar username={person.username} size={size} />
      <PresenceIcon person={person} />
    </span>
  );
}
