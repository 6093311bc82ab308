import { useEffect, useState } from 'preact/hooks';
import type { Coloured } from './code-highlight.js';

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
