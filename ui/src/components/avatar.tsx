/** The initial of a name on a colour that stays the same for that name. Decoration: the name stands beside it. */
const HUES = 8;

export function Avatar({ name, small = false }: { name: string; small?: boolean }) {
  return (
    <span class={`avatar avatar-${hueOf(name)}${small ? ' avatar-small' : ''}`} aria-hidden="true">
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}

function hueOf(name: string): number {
  let sum = 0;
  for (const character of name.toLowerCase()) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}
