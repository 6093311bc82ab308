import { joinChannel } from '../../app/conversations.js';
import { useApp } from '../../app/use-app.js';
import { useLasting, useBusy } from '../../components/hooks.js';

interface JoinButtonProps {
  readonly name: string;
  readonly label: string;
  /** What is read out, where the label alone does not say which channel. */
  readonly title?: string;
  readonly small?: boolean;
}

/** From so long on it is said that it takes time, ms. */
const SOON_MS = 400;

/** A tracker that hangs is waited for, since it may refuse: until then nothing else would tell that anything was pressed. */
export function JoinButton({ name, label, title, small = false }: JoinButtonProps) {
  const app = useApp();
  const { busy, run } = useBusy();
  const isLong = useLasting(busy, SOON_MS);
  const join = (): Promise<void> => run(async () => void (await joinChannel(app, name)));
  return (
    <button
      class={`button button-primary ${small ? 'button-small' : ''}`}
      aria-label={isLong ? undefined : title}
      // Not disabled, which would take the focus.
      aria-disabled={busy}
      onClick={() => void join()}
    >
      {isLong ? app.t('signin.busy') : label}
    </button>
  );
}
