import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { DeviceId } from '../../protocol/ids.js';
import { DeviceField, DeviceNameField } from '../../protocol/tracker-api.js';
import type { Session } from './api.js';
import type { TrackerHttp } from './http.js';

const renamed = Compile(Type.Object({ status: Type.Literal('success'), device: DeviceField, name: DeviceNameField }));

/** How devices of the user are called (SPEC.md section 2). Throws as `TrackerHttp.call` does. */
export class DeviceApi {
  constructor(private readonly ask: <T>(call: (session: Session, http: TrackerHttp) => Promise<T>) => Promise<T>) {}

  async rename(device: DeviceId, name: string): Promise<void> {
    await this.ask(({ base, token, signal }, http) =>
      http.call(
        base,
        { method: 'POST', path: `devices/${device}/rename`, body: { name }, token, ...(signal && { signal }) },
        renamed,
      ),
    );
  }
}
