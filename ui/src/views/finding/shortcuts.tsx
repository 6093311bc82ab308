/** Every key that does something, in one table: the help and the settings show it. */
import { Fragment } from 'preact';
import type { TextKey } from '../../text/translate.js';
import { useApp } from '../../app/use-app.js';

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
      { ways: both(['Alt', '↓'], ['Alt', '↑']), text: 'finding.key_next' },
      { ways: both(['Alt', 'Shift', '↓'], ['Alt', 'Shift', '↑']), text: 'finding.key_next_unread' },
      { ways: [['?']], text: 'finding.key_help' },
    ],
  },
  {
    title: 'finding.keys_messages',
    shortcuts: [
      { ways: both(['Page ↓'], ['Page ↑']), text: 'finding.key_scroll' },
      { ways: [['Escape']], text: 'finding.key_newest' },
      { ways: both(['↓'], ['↑']), text: 'finding.key_walk_messages' },
    ],
  },
  {
    title: 'finding.keys_message',
    shortcuts: [
      { ways: both(['Enter'], ['.']), text: 'message.more' },
      { ways: [['R']], text: 'message.reply' },
      { ways: [['+']], text: 'message.react' },
      { ways: [['E']], text: 'message.edit' },
      { ways: [['P']], text: 'message.pin' },
      { ways: [['C']], text: 'message.copy' },
      { ways: [['L']], text: 'message.copy_link' },
      { ways: [['U']], text: 'message.mark_unread' },
      { ways: [['I']], text: 'message.info' },
      { ways: [['Delete']], text: 'message.delete' },
    ],
  },
  {
    title: 'finding.keys_composer',
    shortcuts: [
      { ways: both(['Enter'], [MOD, 'Enter']), text: 'finding.key_send' },
      { ways: [['Shift', 'Enter']], text: 'finding.key_line' },
      { ways: [['↑']], text: 'finding.key_edit_last' },
      { ways: both(['Tab'], ['Enter']), text: 'finding.key_complete' },
      { ways: [[MOD, 'B']], text: 'composer.bold' },
      { ways: [[MOD, 'I']], text: 'composer.italic' },
      { ways: [[MOD, 'E']], text: 'composer.code' },
      { ways: [[MOD, 'Shift', 'X']], text: 'composer.strike' },
    ],
  },
  {
    title: 'finding.keys_switcher',
    shortcuts: [
      { ways: both(['@'], ['#']), text: 'finding.key_only' },
      { ways: both(['↓'], ['↑']), text: 'finding.key_walk' },
      { ways: [['Enter']], text: 'finding.key_go' },
      { ways: [[MOD, 'Enter']], text: 'finding.key_search_for' },
    ],
  },
];

function both(one: readonly string[], other: readonly string[]): readonly (readonly string[])[] {
  return [one, other];
}

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

/** Every key that does something, by where it does it. `heading`: the level at which the headings stand. */
export function ShortcutsTable({ heading: Heading }: { heading: 'h2' | 'h3' }) {
  const { t } = useApp();
  return (
    <div class="shortcuts">
      {shortcutGroups(hasAppleKeyboard(navigator.platform)).map(({ title, shortcuts }) => (
        <section key={title}>
          <Heading class="shortcuts-title">{t(title)}</Heading>
          <dl class="shortcuts-list">
            {shortcuts.map(({ ways, text }) => (
              <div key={text} class="shortcut">
                <dt dir="ltr">
                  {ways.map((keys, i) => (
                    <Fragment key={keys.join(' ')}>
                      {i > 0 && <span class="shortcut-or"> {t('finding.keys_or')} </span>}
                      {keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </Fragment>
                  ))}
                </dt>
                <dd>{t(text)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
