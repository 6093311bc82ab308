/**
 * Whether a text has anything visible (docs/decisions/visible-text.md): one rule for messages, edits, topics, names and status.
 * It uses Unicode's properties, so that new invisible characters need no change here.
 */

/** What leaves no mark by itself: blanks, controls, marks without a letter, fillers, joiners, selectors, tags. */
const UNSEEN =
  /[\s\p{Cc}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb\u{1d159}\u{13430}-\u{1345f}]/gu;
/** Embeddings, overrides and isolates of direction: they reorder what stands around them. The marks U+200E and U+200F do not. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu;
/** Marks on one letter, with joiners between them or not: more than any script stacks. */
const STACK_MAX = 6;
const STACK = /[\p{M}\p{Default_Ignorable_Code_Point}]{7,}/gu;
const MARK = /(?!\p{Variation_Selector})\p{M}/u;

/** Whether a plain text has something visible. */
export function isSeen(text: string): boolean {
  return text.replaceAll(UNSEEN, '') !== '';
}

/**
 * The text as it is drawn: nothing in it reorders its own words or its neighbours', and no letter carries more marks than
 * a line has room for. What is stored stays as it was written. Joiners and emoji sequences stay whole.
 */
export function drawn(text: string): string {
  return withoutStacks(text.replaceAll(TURNING, ''));
}

function withoutStacks(text: string): string {
  return text.replaceAll(STACK, (stack) => {
    let marks = 0;
    let kept = '';
    for (const character of stack) if (!MARK.test(character) || ++marks <= STACK_MAX) kept += character;
    return kept;
  });
}

/** A fence, whatever language it names. */
const FENCE = /^[ >]*(?:`{3,}|~{3,})[^`\n]*$/gm;
/** Emphasis, code or a rule made of blanks: `** **`, `_ _`. */
const MARKED_BLANKS = /^[*_~`]+(?:\s+[*_~`]+)+$/;

/**
 * Whether somebody sees something of a message, as Markdown draws it. Marks that stand alone (`*`, `#`, `---`) are something:
 * they are drawn as they are, or as a rule.
 */
export function isSeenMessage(message: string): boolean {
  // Most: nothing takes a first letter or digit away.
  if (/^[A-Za-z0-9]/.test(message)) return true;
  const text = message
    .replaceAll(UNSEEN, (unseen) => (unseen === '\n' ? '\n' : ' '))
    .replaceAll(FENCE, '')
    .trim();
  return text !== '' && !MARKED_BLANKS.test(text);
}
