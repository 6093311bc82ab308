import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import type { Daemon } from '../../state/model.js';
import { personOf } from '../../state/sidebar.js';
import type { Translate } from '../../text/translate.js';

/**
 * Who types here just now. Its room is always there, so that nothing moves; and it is not announced: whoever cannot see it
 * hears the message itself when it comes.
 */
export function TypingLine({ conversation }: { readonly conversation: string }) {
  const { t } = useApp();
  const typists = useSelector((state) => state.typing[conversation]);
  const people = useDaemon((daemon) => daemon);
  const names = (typists ?? []).map(({ username }) => shownName(people, username));
  return (
    <p class="typing">
      {names.length > 0 && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          <span class="typing-text">{typingText(t, names)}</span>
        </>
      )}
    </p>
  );
}

function shownName(daemon: Daemon, username: string): string {
  const person = personOf(daemon, username);
  return person.name ?? person.username;
}

function typingText(t: Translate, names: readonly string[]): string {
  const [a = '', b = '', c = ''] = names;
  if (names.length === 1) return t('composer.typing_1', { a });
  if (names.length === 2) return t('composer.typing_2', { a, b });
  return names.length === 3 ? t('composer.typing_3', { a, b, c }) : t('composer.typing_many');
}
