/**
 * Bytes to the daemon. XMLHttpRequest, since `fetch` does not tell how far it is; both read a file as they send it. Each file has a
 * name there (`id`), under which what came of it is kept for a while: a later attempt goes on from there.
 */
import type { UploadProgress, UploadView } from '../../../protocol/local-api.js';
import { ApiError, failure } from './api.js';

export interface UploadAbout {
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  /** Some of it may be there already. */
  readonly resumes: boolean;
}

export interface UploadOn {
  /** Bytes of the whole that have left the browser. */
  progress(sent: number): void;
  readonly signal: AbortSignal;
}

export interface UploadDoor {
  /** Resolves when the bytes are durable there. @throws (rejects with) ApiError; `cancelled` is this page's own code */
  send(body: Blob, about: UploadAbout, on: UploadOn): Promise<UploadView>;
  /** How much of it is there; with what it is once all is. @throws (rejects with) ApiError */
  progress(id: string): Promise<UploadProgress>;
  /** What came of it is not wanted any more. Never rejects: the daemon forgets it by itself. */
  drop(id: string): Promise<void>;
}

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Another request may still have been at work when it was asked how far it is. */
const ATTEMPTS = 3;

export function uploadDoor(newRequest: () => XMLHttpRequest, fetch: Fetch): UploadDoor {
  const address = (id: string): string => `/api/uploads/${id}`;
  const asked = async (id: string, signal?: AbortSignal): Promise<UploadProgress> => {
    const answer = await fetch(address(id), { cache: 'no-store', ...(signal && { signal }) }).catch(() => undefined);
    if (signal?.aborted) throw cancelled();
    if (!answer) throw new ApiError('daemon_unreachable', 'No answer came.');
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.status === 404) return { received: 0 };
    if (!answer.ok) throw failure(body, answer.status);
    return body as UploadProgress;
  };
  return {
    async send(body, about, on) {
      for (let attempt = 1; ; attempt++) {
        const asks = about.resumes || attempt > 1;
        const { received, sha256, size, mime } = asks ? await asked(about.id, on.signal) : { received: 0 };
        if (sha256 !== undefined && size !== undefined && mime !== undefined) return { sha256, size, mime };
        try {
          return await sendPart(newRequest(), body, received, about, on);
        } catch (error) {
          const moved = error instanceof ApiError && error.code === 'wrong_offset';
          if (!moved || attempt === ATTEMPTS) throw error;
        }
      }
    },
    progress: (id) => asked(id),
    drop: async (id) => void (await fetch(address(id), { method: 'DELETE' }).catch(() => undefined)),
  };
}

/** From byte `offset` to the end. */
function sendPart(
  request: XMLHttpRequest,
  body: Blob,
  offset: number,
  { id, name, mime }: UploadAbout,
  { progress, signal }: UploadOn,
): Promise<UploadView> {
  return new Promise((resolve, reject) => {
    const stop = (): void => request.abort();
    const end = (settle: () => void) => (): void => {
      signal.removeEventListener('abort', stop);
      settle();
    };
    const query = { name, mime, upload: id, offset: String(offset), size: String(body.size) };
    request.open('POST', `/api/uploads?${new URLSearchParams(query).toString()}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded }) => progress(offset + loaded);
    request.onload = end(() => {
      const answer = parsed(request.responseText);
      if (request.status === 201) resolve(answer as UploadView);
      else reject(failure(answer, request.status));
    });
    request.onerror = end(() => reject(new ApiError('daemon_unreachable', 'The bytes did not arrive.')));
    request.onabort = end(() => reject(cancelled()));
    signal.addEventListener('abort', stop);
    if (signal.aborted) reject(cancelled());
    else request.send(body.slice(offset));
  });
}

function cancelled(): ApiError {
  return new ApiError('cancelled', 'It was cancelled.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
