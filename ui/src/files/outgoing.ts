/** Files from when they are chosen until their bytes are at the daemon: plain data, changed by `withOutgoing` alone. */

/** What is shown of it before the bytes are there (protocol/SPEC.md section 7). */
export interface Looks {
  readonly width?: number;
  readonly height?: number;
  /** Base64, at most 16 KiB of bytes. */
  readonly thumbnail?: string;
  /** ms */
  readonly duration?: number;
  readonly waveform?: string;
  readonly voice?: true;
}

/**
 * What a file tells of place and camera. `some` and `place` (where it was taken) are taken out unless the sender says
 * otherwise. `damaged`: it cannot be told apart from the picture. `unknown`: of a kind that may hold it, and is not looked into.
 */
export type Personal = 'none' | 'some' | 'place' | 'damaged' | 'unknown';

/** What the daemon is told of a file whose bytes it has. */
export interface FilePost {
  readonly sha256: string;
  readonly name: string;
  readonly mime: string;
  readonly looks: Looks & { readonly group?: string };
}

/** Where it goes, once it is to be sent. */
export interface Order {
  readonly conversation: string;
  /** The caption. */
  readonly message: string;
  /** Whether `@here` and `@all` in the caption call anybody, where the person was asked. */
  readonly call?: boolean;
  readonly replyTo?: string;
  /** The same in files that are sent together. */
  readonly group?: string;
}

/**
 * `reading`: what it looks like is being found out. `ready`, `unreadable`: in the tray. `queued`, `uploading`: it is to be
 * sent. `waiting`: it goes on by itself. `failed`: the person decides. `lost`: the page was loaded again, and the browser does not
 * give the file by itself.
 */
export type OutgoingPhase = 'reading' | 'ready' | 'unreadable' | 'queued' | 'uploading' | 'waiting' | 'failed' | 'lost';

export interface OutgoingFile {
  /** Also that of its entry (`client`). */
  readonly id: string;
  /** Whose composer it was put into. */
  readonly conversation: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly mime: string;
  readonly phase: OutgoingPhase;
  readonly looks: Looks;
  readonly personal: Personal;
  /** It is sent with what it tells. */
  readonly keepsPersonal: boolean;
  /** Absent while it is in the tray. */
  readonly order?: Order;
  /** Bytes that have left the browser, and how many a second. */
  readonly done: number;
  readonly speed?: number;
  readonly problem?: string;
  /** It outlasts this page. */
  readonly kept?: true;
  /** Of what is lost: the person lets it be read again, or has to choose it. */
  readonly regain?: 'allow' | 'choose';
}

export type Outgoing = readonly OutgoingFile[];

export type OutgoingChange =
  | { readonly kind: 'add'; readonly files: readonly OutgoingFile[] }
  | { readonly kind: 'read'; readonly id: string; readonly looks: Looks; readonly personal: Personal }
  | { readonly kind: 'unreadable'; readonly id: string; readonly problem: string }
  | { readonly kind: 'remove'; readonly id: string }
  /** In its tray, past so many others. */
  | { readonly kind: 'move'; readonly id: string; readonly by: number }
  | { readonly kind: 'personal'; readonly ids: readonly string[]; readonly keeps: boolean }
  /** All of a tray; caption and answer are those of the first. */
  | { readonly kind: 'send'; readonly from: string; readonly order: Order }
  | { readonly kind: 'phase'; readonly id: string; readonly phase: OutgoingPhase; readonly problem?: string }
  | { readonly kind: 'kept'; readonly id: string }
  | { readonly kind: 'lost'; readonly id: string; readonly regain: 'allow' | 'choose' }
  | { readonly kind: 'progress'; readonly id: string; readonly done: number; readonly speed?: number };

export function withOutgoing(files: Outgoing, change: OutgoingChange): Outgoing {
  switch (change.kind) {
    case 'add':
      return [...files, ...change.files];
    case 'read': {
      const { id, looks, personal } = change;
      return changed(files, id, (file) => ({
        ...file,
        looks: { ...looks, ...file.looks },
        personal,
        phase: file.order ? 'queued' : 'ready',
      }));
    }
    case 'unreadable': {
      const { id, problem } = change;
      return changed(files, id, (file) => ({ ...file, problem, phase: file.order ? 'failed' : 'unreadable' }));
    }
    case 'remove':
      return files.filter(({ id }) => id !== change.id);
    case 'move':
      return withMoved(files, change.id, change.by);
    case 'personal': {
      const ids = new Set(change.ids);
      return files.map((file) => (ids.has(file.id) ? { ...file, keepsPersonal: change.keeps } : file));
    }
    case 'send':
      return withOrders(files, change.from, change.order);
    case 'phase': {
      const { id, phase, problem } = change;
      return changed(files, id, ({ speed: _, problem: __, ...file }) => ({
        ...file,
        phase,
        done: 0,
        ...(problem !== undefined && { problem }),
      }));
    }
    case 'kept':
      return changed(files, change.id, (file) => ({ ...file, kept: true }));
    case 'lost': {
      const { id, regain } = change;
      return changed(files, id, (file) => ({ ...file, phase: 'lost', regain }));
    }
    case 'progress': {
      const { id, done, speed } = change;
      return changed(files, id, (file) => ({ ...file, done, ...(speed !== undefined && { speed }) }));
    }
  }
}

function changed(files: Outgoing, id: string, change: (file: OutgoingFile) => OutgoingFile): Outgoing {
  return files.map((file) => (file.id === id ? change(file) : file));
}

/** Those of other trays stay where they are. */
function withMoved(files: Outgoing, id: string, by: number): Outgoing {
  const moved = files.find((file) => file.id === id);
  if (!moved) return files;
  const tray = trayOf(files, moved.conversation);
  const at = tray.indexOf(moved);
  const to = Math.max(0, Math.min(tray.length - 1, at + by));
  if (at < 0 || to === at) return files;
  const order = tray.filter((file) => file !== moved);
  order.splice(to, 0, moved);
  const members = new Set(tray);
  let next = 0;
  return files.map((file) => (members.has(file) ? (order[next++] ?? file) : file));
}

function withOrders(files: Outgoing, from: string, order: Order): Outgoing {
  const tray = trayOf(files, from);
  const { conversation, group } = order;
  const together = tray.length > 1 && group !== undefined ? { group } : {};
  return files.map((file) => {
    if (!tray.includes(file)) return file;
    const { group: _, ...whole } = order;
    // The caption, and what goes with it, is that of the first.
    const own: Order = file === tray[0] ? whole : { conversation, message: '' };
    return {
      ...file,
      order: { ...own, ...together },
      phase: file.phase === 'ready' ? 'queued' : file.phase,
    };
  });
}

/** What waits above the composer of a conversation. */
export function trayOf(files: Outgoing, conversation: string): readonly OutgoingFile[] {
  return files.filter((file) => file.order === undefined && file.conversation === conversation);
}

/** What is on its way to a conversation. */
export function sendingTo(files: Outgoing, conversation: string): readonly OutgoingFile[] {
  return files.filter(({ order }) => order?.conversation === conversation);
}

/** Whether it has to be decided upon before anything of the tray is sent. */
export function isBlocked({ phase, personal, keepsPersonal }: OutgoingFile): boolean {
  return phase === 'unreadable' || (personal === 'damaged' && !keepsPersonal);
}

/** Whether what it tells of place and camera is taken out. */
export function isCleaned({ personal, keepsPersonal }: OutgoingFile): boolean {
  return !keepsPersonal && (personal === 'some' || personal === 'place');
}

/** Uploads at once: a large file holds up none that was sent after it. */
const AT_ONCE = 3;
const UNFINISHED: ReadonlySet<OutgoingPhase> = new Set(['reading', 'queued', 'uploading', 'waiting']);

/** What to upload now: files that are sent together one after the other, so that their messages stand in their order. */
export function nextUploads(files: Outgoing): readonly OutgoingFile[] {
  const busy = new Set<string>();
  const next = files.filter((file) => {
    if (!file.order || !UNFINISHED.has(file.phase)) return false;
    const group = file.order.group ?? file.id;
    const first = !busy.has(group);
    busy.add(group);
    return first && file.phase === 'queued';
  });
  const room = AT_ONCE - files.filter(({ phase }) => phase === 'uploading').length;
  return next.slice(0, Math.max(0, room));
}
