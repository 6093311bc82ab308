import type { StatusText } from '../../../protocol/local-api.js';

/** What somebody says that they are at, in one line. */
export function StatusLine({ status }: { status: StatusText }) {
  const { emoji, text } = status;
  return (
    <span class="status-line">
      {emoji !== undefined && <span class="status-emoji">{emoji}</span>}
      {text !== undefined && <bdi>{text}</bdi>}
    </span>
  );
}

/** The same as plain text; empty for none. */
export function statusText(status: StatusText | undefined): string {
  return [status?.emoji, status?.text].filter((part) => part !== undefined).join(' ');
}
