/** One more peer, whose changes all others are told of. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { deviceIdOfKey } from '../../peer/identity/certificate.js';
import { certificateRequest } from '../../peer/identity/identity.js';
import { TrackerApi, type Session } from '../../peer/tracker-client/api.js';
import type { TrackerHttp } from '../../peer/tracker-client/http.js';
import { patiently } from './calls.js';

/** Nobody listens there. */
export const PORT = 9;

/** Makes the account, and opens a session of it. */
export async function signUp(
  { base, http, invite }: { readonly base: URL; readonly http: TrackerHttp; readonly invite?: string | undefined },
  username: Username,
): Promise<Session> {
  const api = new TrackerApi(http);
  const password = randomBytes(12).toString('base64url');
  await patiently(() => api.register(base, { username, password, ...(invite !== undefined && { invite }) }));
  return { base, token: await patiently(() => api.login(base, username, password)) };
}

export class Caller {
  private constructor(
    private readonly api: TrackerApi,
    private readonly session: Session,
    private readonly username: Username,
    private readonly device: DeviceId,
  ) {}

  static async register(http: TrackerHttp, session: Session, username: Username): Promise<Caller> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const device = deviceIdOfKey(publicKey);
    const api = new TrackerApi(http);
    const csr = await certificateRequest(username, privateKey);
    await patiently(() => api.submitInfo(session, { username, device, port: PORT, csr }));
    return new Caller(api, session, username, device);
  }

  /** It is at this address from now on. */
  async moveTo(ip: string): Promise<void> {
    const { username, device } = this;
    await patiently(() => this.api.submitInfo(this.session, { username, device, ip, port: PORT }));
  }
}
