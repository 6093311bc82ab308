/** How this peer is seen from outside, by the word of its tracker (SPEC.md section 2). All throw as `TrackerHttp.call` does. */
import { Compile } from 'typebox/compile';
import type { DeviceId } from '../../protocol/ids.js';
import { Checked, Reflected } from '../../protocol/reach.js';
import type { Ask } from './mailbox-api.js';

const reflectedAnswer = Compile(Reflected);
const checkedAnswer = Compile(Checked);

export interface ReflectFrom {
  /** The local port to ask from; it is free again when the answer is there. */
  readonly localPort: number;
  /** Another port of the tracker, as it has named it. */
  readonly otherPort?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class ReachApi {
  constructor(
    private readonly ask: Ask,
    private readonly device: DeviceId,
  ) {}

  /** Where a connection from that local port comes from, as the tracker sees it. */
  reflect({ localPort, otherPort, signal }: ReflectFrom): Promise<Reflected> {
    return this.ask((session, http) => {
      const base = new URL(session.base);
      if (otherPort !== undefined) base.port = `${otherPort}`;
      const { token } = session;
      const stop = signal ?? session.signal;
      return http.call(base, { method: 'GET', path: 'reflect', token, localPort, signal: stop }, reflectedAnswer);
    });
  }

  /** Has the tracker dial these ports where it sees this device. */
  check(ports: readonly number[], signal?: AbortSignal): Promise<Checked> {
    const body = { device: this.device, ports };
    return this.ask(({ base, token, signal: ending }, http) =>
      http.call(base, { method: 'POST', path: 'reach/check', body, token, signal: signal ?? ending }, checkedAnswer),
    );
  }
}
