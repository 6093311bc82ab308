import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/use-app.js';
import type { Coloured } from './code-highlight.js';
import { CopyButton } from './copying.js';
import { useFold } from './hooks.js';

/** More lines than these are folded, to the first of them; a few more are not worth it. */
const LINES_SHOWN = 20;
const LINES_MAX = 25;

interface CodeBlockProps {
  readonly text: string;
  /** Lower-cased, as its writer named it. */
  readonly language: string | undefined;
  readonly fold?: string | undefined;
}

/** Code keeps its lines: it is scrolled sideways, also by keyboard. */
export function CodeBlock({ text, language, fold }: CodeBlockProps) {
  const { t } = useApp();
  const [open, setOpen] = useFold(fold && `${fold} code`);
  const lines = text.split('\n');
  const long = lines.length > LINES_MAX;
  const shown = long && !open ? lines.slice(0, LINES_SHOWN).join('\n') : text;
  const pieces = useHighlight(shown, language);
  const label = language === undefined ? t('message.code') : t('message.code_in', { language });
  return (
    <div class="code-block" dir="ltr">
      <div class="code-head">
        <span class="code-language">{language}</span>
        <CopyButton text={text} label={t('message.code_copy')} />
      </div>
      <pre class="code-box" role="group" aria-label={label} tabIndex={0}>
        <code>
          {pieces
            ? pieces.map(({ text: piece, classes }, index) =>
                classes === '' ? (
                  piece
                ) : (
                  <span key={index} class={classes}>
                    {piece}
                  </span>
                ),
              )
            : shown}
        </code>
      </pre>
      {long && (
        <button type="button" class="code-more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('message.code_less') : t('message.code_all', { count: lines.length })}
        </button>
      )}
    </div>
  );
}

interface Known {
  readonly code: string;
  readonly language: string;
  readonly pieces: readonly Coloured[];
}

/** The code in its colours once they are here; undefined until then, and where the language is none that is known. */
export function useHighlight(code: string, language: string | undefined): readonly Coloured[] | undefined {
  const [known, setKnown] = useState<Known>();
  useEffect(() => {
    if (language === undefined) return undefined;
    let wanted = true;
    // Where the colours cannot be had, code is readable without.
    import('./code-highlight.js').then(
      ({ highlight }) => {
        const pieces = wanted ? highlight(code, language) : undefined;
        if (pieces) setKnown({ code, language, pieces });
      },
      () => undefined,
    );
    return () => void (wanted = false);
  }, [code, language]);
  return known?.code === code && known.language === language ? known.pieces : undefined;
}
