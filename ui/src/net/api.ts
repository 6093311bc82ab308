/** HTTP on the daemon that served this page. Bad answers become `ApiError`; nothing else is thrown. */
import type { EntryView, LocalLogin, SessionView, SetupBody, SetupTracker } from '../../../protocol/local-api.js';

/** `daemon_unreachable` is this page's own code: no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface HistoryPage {
  readonly entries: readonly EntryView[];
  readonly more: boolean;
  /** There are newer ones; a daemon of an earlier version does not say so. */
  readonly newer?: boolean;
  /** Where the entry stands now before which it was asked for. */
  readonly place?: string;
}

/** Before, after, or around (and with) an entry; of the newest where nothing is said. */
export type HistoryPlace = Readonly<Partial<Record<'before' | 'after' | 'around', string>>>;

export interface Api {
  session(): Promise<SessionView>;
  login(body: LocalLogin): Promise<void>;
  logout(): Promise<void>;
  /** Of a daemon that does not know yet whose it is: is there a tracker at an address, or of an invite? */
  checkTracker(address: string): Promise<SetupTracker>;
  setUp(body: SetupBody): Promise<void>;
  /** Oldest first. */
  history(conversation: string, limit: number, place?: HistoryPlace): Promise<HistoryPage>;
}

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 20_000;

export function createApi(fetch: Fetch): Api {
  async function call(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      (error: unknown) => {
        throw new ApiError('daemon_unreachable', String(error));
      },
    );
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw failure(body, response.status);
    return body;
  }
  const post = (path: string, body: object): Promise<unknown> =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  return {
    session: async () => (await call('/api/session')) as SessionView,
    login: async (body) => void (await post('/api/login', body)),
    logout: async () => void (await post('/api/logout', {})),
    checkTracker: async (address) => (await post('/api/setup/check', { address })) as SetupTracker,
    setUp: async (body) => void (await post('/api/setup', body)),
    async history(conversation, limit, place = {}) {
      const query = new URLSearchParams({ conversation, limit: String(limit), ...place });
      return (await call(`/api/history?${query.toString()}`)) as HistoryPage;
    },
  };
}

/** What an answer that is none of the good ones says. */
export function failure(body: unknown, status: number): ApiError {
  if (typeof body === 'object' && body !== null && 'code' in body && 'message' in body) {
    return new ApiError(String(body.code), String(body.message));
  }
  return new ApiError(status >= 500 ? 'internal' : 'bad_request', `HTTP ${status}`);
}
