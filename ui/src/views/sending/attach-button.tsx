import { useRef } from 'preact/hooks';
import { addFiles } from '../../app/files.js';
import { useApp } from '../../app/use-app.js';
import { hasFinePointer } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { Menu } from '../channel/menu.js';

interface AttachButtonProps {
  readonly conversation: string;
  onAdded(): void;
}

/** Chooses files; where fingers are used, the camera too. */
export function AttachButton({ conversation, onAdded }: AttachButtonProps) {
  const app = useApp();
  const { t } = app;
  const files = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const label = t('sending.attach');
  const take = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    addFiles(app, conversation, [...(currentTarget.files ?? [])]);
    // So that the same one can be chosen again.
    currentTarget.value = '';
    onAdded();
  };
  return (
    <>
      {hasFinePointer() ? (
        <button
          type="button"
          class="icon-button"
          aria-label={label}
          title={label}
          onClick={() => files.current?.click()}
        >
          <Icon name="attach" />
        </button>
      ) : (
        <Menu
          label={label}
          icon="attach"
          items={[
            { icon: 'file', label: t('sending.choose'), onChoose: () => files.current?.click() },
            { icon: 'camera', label: t('sending.camera'), onChoose: () => camera.current?.click() },
          ]}
        />
      )}
      <input ref={files} type="file" multiple hidden onChange={take} data-choose-files />
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden onChange={take} />
    </>
  );
}
