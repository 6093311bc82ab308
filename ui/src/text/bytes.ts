/** Bytes of UTF-8. Counted without encoding, since it runs on every keystroke. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/**
 * How many more characters fit where so many bytes are left, as this text goes: people count characters, and one of another
 * script than Latin takes several bytes.
 */
export function charactersLeft(text: string, bytesLeft: number): number {
  const { length } = text;
  return length === 0 ? bytesLeft : Math.floor((bytesLeft * length) / utf8Length(text));
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
