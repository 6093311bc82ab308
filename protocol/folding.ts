/**
 * How text is normalised for search (SPEC.md section 8): the same folding for the index and for queries, by Unicode's rules.
 * It removes differences that people do not type: case, width, marks, joiners, digits, forms of a letter.
 */

/** Raise it with every change of what `fold` and `indexTokens` return: older indexes are then built again. */
export const FOLDING = 1;

const ASCII = /^[\u0000-\u007f]*$/;
/** The tatweel only stretches a word; the colour of a skin is not what an emoji is called by. */
const IGNORED = /[\p{DI}\p{Emoji_Modifier}\u0640]/gu;
/** No script has more marks on one letter (UAX 15, stream-safe text), and ICU sorts them in quadratic time. */
const FLOOD = /(\p{M}{30})\p{M}+/gu;
/** Letters with a mark that are letters of their own (DUCET: another primary weight). */
const OWN_LETTERS = /[иу]\u0306|і\u0308|[гк]\u0301/gu;
/** Marks that may be left out in writing: accents, points, harakat, nukta. Vowels of Indic scripts, tones of Thai and the voice of kana may not. */
const MARKS =
  /(?![\u3099\u309a])(?=\p{M})[\p{sc=Zinh}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc]/gu;
const DIGIT = /\p{Nd}/gu;
const KATAKANA = /[\u30a1-\u30f6\u30fd\u30fe]/gu;

/** Letters whose stroke, hook or ligature has no decomposition, in lower case; and the forms of Arabic, Persian and Urdu letters. */
const SAME = new Map(
  (
    'đd ðd ɖd ɗd ħh łl ƚl øo ɔo ŧt ƭt ƀb ɓb ƃb ɨi ʉu ƶz ɇe ɛe ɉj ɍr ɏy ƴy ȼc ƈc ɠg ǥg ƙk ƥp ƒf ŋn ɲn ⱥa æae œoe þth ' +
    'ٱا یي ىي کك ةه ہه ھه ەه ۃه ςσ'
  )
    .split(' ')
    .map((pair) => [pair.slice(0, 1), pair.slice(1)] as const),
);
const SAME_LETTER = new RegExp(`[${[...SAME.keys()].join('')}]`, 'gu');

/** The text folded; it may be longer or shorter than before. Folding it again changes nothing. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const plain = text.replace(IGNORED, '').replace(FLOOD, '$1').normalize('NFKC');
  // Upper case, then lower case, is the full case folding: ß, ẞ and SS become ss.
  const cased = plain.toLowerCase().toUpperCase().toLowerCase().normalize('NFKD');
  return cased
    .replace(IGNORED, '')
    .replace(OWN_LETTERS, (letter) => letter.normalize('NFC'))
    .replace(MARKS, '')
    .replace(SAME_LETTER, (letter) => SAME.get(letter) ?? letter)
    .replace(DIGIT, asciiDigit)
    .replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .normalize('NFC');
}

/** Digits stand in rows of ten, from zero on; the rows of one script may follow each other. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}

/** Vowels and finals of Hangul, of full and half width, also those of which NFKC makes such: they join the syllable before. */
const JAMO =
  '\\u1161-\\u11ff\\u314f-\\u3163\\uffc2-\\uffdc\\u3133\\u3135\\u3136\\u313a-\\u3140\\u3144\\uffa3\\uffa5\\uffa6\\uffaa-\\uffb0\\uffb4';
/** What is ignored belongs to the letter before: marks behind it come to stand on that one. */
const BELONGS = `[\\u0640\\p{M}\\p{DI}\\p{Emoji_Modifier}${JAMO}\\uff9e\\uff9f]*`;
/** A piece of text that can be folded by itself: a letter with what belongs to it, the parts of a Hangul syllable or of an emoji together. */
export const CLUSTER = new RegExp(`[\\s\\S]${BELONGS}(?:(?<=\\u200d)\\p{Extended_Pictographic}${BELONGS})*`, 'gu');

/** Scripts that are written without blanks, or with endings that are: any part of a run may be what is looked for. */
const RUN =
  '(?:(?=[\\p{L}\\p{N}\\p{M}])[\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{sc=Yiii}\\p{sc=Thai}\\p{sc=Laoo}' +
  '\\p{sc=Khmr}\\p{sc=Mymr}\\p{sc=Lana}\\p{sc=Tale}\\p{sc=Talu}\\p{sc=Tavt}\\p{sc=Java}\\p{sc=Bali}])';
const PIECE = new RegExp(
  `(?<run>${RUN}+)|(?<sign>\\p{RI}{1,2}|\\p{Extended_Pictographic})|(?:(?!${RUN})[\\p{L}\\p{N}\\p{M}])+`,
  'gu',
);

/** A longer word is known by its beginning, in UTF-16 units. */
const WORD_MAX = 64;

export interface Piece {
  /** Folded: a word, an emoji, or a run of a script without blanks. */
  readonly text: string;
  readonly run: boolean;
  /** In the folded text. */
  readonly at: number;
}

/** What a folded text consists of; what stands between is no part of any word. */
export function* piecesOf(folded: string): Generator<Piece> {
  for (const found of folded.matchAll(PIECE))
    yield { text: found[0], run: found.groups?.['run'] !== undefined, at: found.index };
}

/**
 * The tokens under which a text is indexed, with single blanks between. A run gives each character with the next one, and
 * its last one alone, so that every part of it is a phrase of neighbours, and every character begins a token.
 */
export function indexTokens(text: string): string {
  const tokens: string[] = [];
  for (const { text: piece, run } of piecesOf(fold(text))) {
    if (run) tokens.push(...pairs(piece), lastOf(piece));
    else tokens.push(shortened(piece));
  }
  return tokens.join(' ');
}

export interface TokenPhrase {
  /** Tokens that stand next to each other, with single blanks between; '' where there is nothing to look for. */
  readonly text: string;
  /** Any token that begins so is meant in the place of the last one. */
  readonly prefix: boolean;
  /** The last one may be looked up as the beginning of a longer word: it is no single letter. */
  readonly extends: boolean;
}

/** What is to be looked up for a text that was typed as one: a word, or a phrase. */
export function queryTokens(text: string): TokenPhrase {
  const pieces = [...piecesOf(fold(text))];
  const tokens: string[] = [];
  pieces.forEach(({ text: piece, run }, index) => {
    if (!run) tokens.push(shortened(piece));
    // The run goes on in the text, perhaps: only where something follows does it end as the index has it.
    else if (index < pieces.length - 1) tokens.push(...pairs(piece), lastOf(piece));
    else tokens.push(...(pairs(piece).length > 0 ? pairs(piece) : [lastOf(piece)]));
  });
  const last = pieces.at(-1);
  const prefix = last?.run === true && pairs(last.text).length === 0;
  return { text: tokens.join(' '), prefix, extends: last?.run === false && /^[\p{L}\p{N}\p{M}]{2}/u.test(last.text) };
}

function pairs(run: string): string[] {
  const characters = Array.from(run);
  return characters.slice(1).map((character, i) => `${characters[i] ?? ''}${character}`);
}

function lastOf(run: string): string {
  return Array.from(run).at(-1) ?? '';
}

function shortened(word: string): string {
  if (word.length <= WORD_MAX) return word;
  const cut = word.slice(0, WORD_MAX);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
