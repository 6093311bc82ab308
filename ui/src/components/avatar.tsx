/** The picture of a person, else the initial of their name on a colour that stays theirs. Decoration: the name stands beside it. */
import { useState } from 'preact/hooks';
import { usePerson } from '../app/people.js';

const HUES = 8;
const characters = new Intl.Segmenter();

interface AvatarProps {
  /** The user name. */
  readonly username?: string;
  /** The same, as it was called before people had names of their own. */
  readonly name?: string;
  readonly size?: 'tiny' | 'small' | 'normal' | 'large';
  readonly small?: boolean;
  /** Without their picture. */
  readonly plain?: boolean;
}

export function Avatar({
  username,
  name,
  small = false,
  plain = false,
  size = small ? 'small' : 'normal',
}: AvatarProps) {
  const user = username ?? name ?? '';
  const person = usePerson(user);
  const picture = person?.picture;
  // A picture that is gone by now leaves the initial.
  const [broken, setBroken] = useState<string>();
  const shown = !plain && picture !== undefined && picture !== broken;
  return (
    <span class={`avatar avatar-${hueOf(user)} avatar-${size}`} aria-hidden="true">
      {shown ? (
        <img class="avatar-picture" src={picture} alt="" decoding="async" onError={() => setBroken(picture)} />
      ) : (
        initialOf(person?.name ?? user)
      )}
    </span>
  );
}

/** The first character as people see it: of one code unit it could be half of one. */
function initialOf(name: string): string {
  const [first = ''] = characters.segment(name);
  return typeof first === 'string' ? first : first.segment.toUpperCase();
}

function hueOf(name: string): number {
  let sum = 0;
  for (const character of name.toLowerCase()) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}
