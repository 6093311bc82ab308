/** Reads what an earlier page of this browser has written. Broken or foreign values are passed over, never trusted. */
import type { EntryView } from '../../../protocol/local-api.js';
import type { FilePost } from '../files/outgoing.js';
import type { Composing } from '../state/composing.js';
import type { OutboxItem } from '../state/model.js';
import type { Snippet } from '../text/snippet.js';

type Loose<T> = Partial<Record<keyof T, unknown>>;

export function parseItem(client: string, json: string): OutboxItem | undefined {
  const { conversation, message, replyTo, createdAt, file, action, call } = parsed<OutboxItem>(json);
  if (typeof conversation !== 'string' || typeof message !== 'string' || typeof createdAt !== 'number')
    return undefined;
  if (file !== undefined && !isFilePost(file)) return undefined;
  const item = { client, conversation, message, createdAt, phase: 'queued' } as const;
  return {
    ...item,
    ...(typeof replyTo === 'string' && { replyTo }),
    ...(file !== undefined && { file }),
    ...(action === true && { action }),
    ...(typeof call === 'boolean' && { call }),
  };
}

/** The daemon looks at the rest. */
function isFilePost(value: unknown): value is FilePost {
  if (typeof value !== 'object' || value === null) return false;
  const { sha256, name, mime, looks } = value as Loose<FilePost>;
  return (
    [sha256, name, mime].every((field) => typeof field === 'string') && typeof looks === 'object' && looks !== null
  );
}

export function parseSnippet(id: string, json: string): Snippet | undefined {
  const { conversation, text, createdAt } = parsed<Snippet>(json);
  if (typeof conversation !== 'string' || typeof text !== 'string' || typeof createdAt !== 'number') return undefined;
  return text === '' ? undefined : { id, conversation, text, createdAt };
}

export function parseComposing(conversation: string, json: string): Composing | undefined {
  const { mode, entry } = parsed<Composing>(json);
  if ((mode !== 'reply' && mode !== 'edit') || !isEntry(entry) || entry.conversation !== conversation) return undefined;
  return { mode, entry };
}

/** As far as it is looked at without a schema: the page wrote it itself. */
function isEntry(value: unknown): value is EntryView {
  if (typeof value !== 'object' || value === null) return false;
  const { id, conversation, from, kind, message, time } = value as Loose<EntryView>;
  return [id, conversation, from, kind, message, time].every((field) => typeof field === 'string');
}

function parsed<T>(json: string): Loose<T> {
  try {
    return (JSON.parse(json) ?? {}) as Loose<T>;
  } catch {
    return {};
  }
}
