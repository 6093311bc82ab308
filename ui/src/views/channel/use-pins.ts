import { useEffect, useState } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { loadPins } from '../../app/finding.js';
import { useApp, useSelector } from '../../app/use-app.js';

export interface Pins {
  /** Undefined until they were asked for. */
  readonly entries: readonly EntryView[] | undefined;
  readonly problem: string | undefined;
}

/** The pinned entries of a conversation; asked for once, then kept true by events. */
export function usePins(conversation: string): Pins {
  const app = useApp();
  const entries = useSelector((state) => state.finding.pins[conversation]);
  const live = useSelector((state) => state.connection.phase === 'live');
  const known = useSelector((state) => state.daemon?.conversations[conversation] !== undefined);
  const [problem, setProblem] = useState<string>();
  const wanted = live && known && entries === undefined;
  useEffect(() => {
    if (!wanted) return;
    let left = false;
    void loadPins(app, conversation).then((failure) => {
      if (!left) setProblem(failure);
    });
    return () => {
      left = true;
    };
  }, [app, conversation, wanted]);
  return { entries, problem };
}
