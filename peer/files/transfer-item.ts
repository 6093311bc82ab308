/** One file that was asked for and is not here yet: what is known of it, and how the user is told. */
import type { Entry } from '../../protocol/entry.js';
import type { FileFacts } from '../../protocol/file-facts.js';
import type { TransferCode, TransferView } from '../../protocol/local-api.js';
import type { Log } from '../services.js';
import type { FileStore } from '../store/files.js';
import type { BlobStore } from './blob-store.js';
import type { Pace } from './pace.js';
import type { Coming, FileMover } from './ports.js';

/** Why it waits. What is only being asked for has no reason yet. */
const WAITS = {
  running: undefined,
  asking: undefined,
  queued: 'queued',
  nobody: 'nobody',
  relayed: 'relayed',
  gone: 'file_gone',
} as const;

export interface Item {
  readonly sha256: string;
  entry: Entry;
  facts: FileFacts;
  state: 'held' | 'moving' | 'paused' | 'failed';
  code: TransferCode | undefined;
  coming: Coming | undefined;
  done: number;
  /** Since when nobody has it as this entry says, by the steady clock; the present, while somebody does. */
  since: number;
  /** The user has said that it may come over relayed links. */
  relayed: boolean;
  /** What turned out not to be so, of what entries say of the bytes. */
  readonly wrong: Set<string>;
}

export function viewOf({ sha256, entry, facts, state, code, coming, done }: Item): TransferView {
  const about = { id: sha256, sha256, entry: entry.id, conversation: entry.conversation };
  const { name, size } = facts;
  const isRunning = state === 'moving' && coming?.state === 'running';
  const shown = state === 'paused' || state === 'failed' ? state : isRunning ? 'running' : 'waiting';
  const waits = state === 'moving' && coming ? WAITS[coming.state] : undefined;
  const why = shown === 'running' || shown === 'paused' ? undefined : (code ?? waits);
  const { sources = [], liars = [] } = coming ?? {};
  return {
    ...{ ...about, name, size, direction: 'down', state: shown, done },
    ...(isRunning ? { speed: coming.speed } : {}),
    ...(why === undefined ? {} : { code: why }),
    users: [...new Set([...sources, entry.from])],
    ...(liars.length > 0 ? { liars: [...liars] } : {}),
  };
}

/** What those that are asked for are kept, moved and told by. */
export interface TransfersParts {
  readonly blobs: BlobStore;
  readonly store: FileStore;
  readonly mover: FileMover;
  readonly pace: Pace;
  /** The entries that the user may see of these bytes, the latest first. */
  readonly showing: (sha256: string) => Entry[];
  /** Makes room for so many bytes more of others, besides those that are coming. Undefined once there is; else why there is none. */
  readonly room: (bytes: number) => Promise<'quota_full' | 'storage_full' | undefined>;
  /** It is here now. */
  readonly arrived: (sha256: string) => void;
  /** Milliseconds since 1970: for what is kept. */
  readonly now: () => number;
  /** Milliseconds; never goes back: for how long something has lasted. */
  readonly steady: () => number;
  readonly log: Log;
}
