/** Every key that does something, in one table: the help and the settings show it. */
import type { TextKey } from '../../text/translate.js';

export interface Shortcut {
  /** Keys pressed together, as they are printed on a keyboard; several ways where there are some. */
  readonly ways: readonly (readonly string[])[];
  readonly text: TextKey;
}

export interface ShortcutGroup {
  readonly title: TextKey;
  readonly shortcuts: readonly Shortcut[];
}

const MOD = 'Mod';

const groups: readonly ShortcutGroup[] = [
  {
    title: 'finding.keys_anywhere',
    shortcuts: [
      { ways: [[MOD, 'K']], text: 'finding.key_switcher' },
      { ways: [[MOD, 'F']], text: 'finding.key_search_here' },
      { ways: [[MOD, 'Shift', 'F']], text: 'finding.key_search' },
      {
        ways: [
          ['Alt', '↓'],
          ['Alt', '↑'],
        ],
        text: 'finding.key_next',
      },
      { ways: [['?']], text: 'finding.key_help' },
    ],
  },
  {
    title: 'finding.keys_messages',
    shortcuts: [
      { ways: [['Page ↓'], ['Page ↑']], text: 'finding.key_scroll' },
      { ways: [['Escape']], text: 'finding.key_newest' },
    ],
  },
  {
    title: 'finding.keys_composer',
    shortcuts: [
      { ways: [['Enter']], text: 'finding.key_send' },
      { ways: [['Shift', 'Enter']], text: 'finding.key_line' },
      { ways: [['↑']], text: 'finding.key_edit_last' },
    ],
  },
  {
    title: 'finding.keys_switcher',
    shortcuts: [
      { ways: [['@'], ['#']], text: 'finding.key_only' },
      { ways: [['↓'], ['↑']], text: 'finding.key_walk' },
      { ways: [['Enter']], text: 'finding.key_go' },
      { ways: [[MOD, 'Enter']], text: 'finding.key_search_for' },
    ],
  },
];

/** `apple`: whether the keyboard has ⌘ where others have Ctrl. */
export function shortcutGroups(apple: boolean): readonly ShortcutGroup[] {
  const named = (key: string): string => keyName(key, apple);
  return groups.map(({ title, shortcuts }) => ({
    title,
    shortcuts: shortcuts.map(({ ways, text }) => ({ ways: ways.map((keys) => keys.map(named)), text })),
  }));
}

/** As it is printed on the key. */
function keyName(key: string, apple: boolean): string {
  if (key === MOD) return apple ? '⌘' : 'Ctrl';
  return apple && key === 'Alt' ? '⌥' : key;
}

/** The keys that the switcher tells of. */
export function switcherKeys(apple: boolean): { readonly mod: string; readonly enter: string; readonly open: string } {
  const mod = keyName(MOD, apple);
  return { mod, enter: 'Enter', open: `${mod} K` };
}

export function hasAppleKeyboard(platform: string): boolean {
  return /^(?:Mac|iP)/.test(platform);
}

/** Ctrl, or ⌘ on Apple's keyboards; nothing but the `extra` beside it. */
export function isMod(event: KeyboardEvent, extra: { shift?: boolean } = {}): boolean {
  return event.ctrlKey !== event.metaKey && !event.altKey && event.shiftKey === (extra.shift ?? false);
}
