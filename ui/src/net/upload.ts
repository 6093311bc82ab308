/** Bytes to the daemon. XMLHttpRequest, since `fetch` does not tell how far it is; both read a file as they send it. */
import type { UploadView } from '../../../protocol/local-api.js';
import { ApiError, failure } from './api.js';

/** Resolves when the bytes are durable there. @throws (rejects with) ApiError; `cancelled` is this page's own code */
export type Upload = (
  body: Blob,
  about: { readonly name: string; readonly mime: string },
  on: { progress(sent: number): void; readonly signal: AbortSignal },
) => Promise<UploadView>;

export function uploadWith(newRequest: () => XMLHttpRequest): Upload {
  return (body, about, { progress, signal }) =>
    new Promise((resolve, reject) => {
      const request = newRequest();
      const stop = (): void => request.abort();
      const end = (settle: () => void) => (): void => {
        signal.removeEventListener('abort', stop);
        settle();
      };
      request.open('POST', `/api/uploads?${new URLSearchParams({ ...about }).toString()}`);
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.upload.onprogress = ({ loaded }) => progress(loaded);
      request.onload = end(() => {
        const answer = parsed(request.responseText);
        if (request.status === 201) resolve(answer as UploadView);
        else reject(failure(answer, request.status));
      });
      request.onerror = end(() => reject(new ApiError('daemon_unreachable', 'The bytes did not arrive.')));
      request.onabort = end(() => reject(new ApiError('cancelled', 'It was cancelled.')));
      signal.addEventListener('abort', stop);
      if (signal.aborted) reject(new ApiError('cancelled', 'It was cancelled.'));
      else request.send(body);
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
