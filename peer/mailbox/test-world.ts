/** Test support: devices around a tracker, and a clock that is moved by hand. */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { signedBytes } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { parseDeviceId, type DeviceId, type Username } from '../../protocol/ids.js';
import type { Rates } from '../../protocol/rates.js';
import { TempDir } from '../../test/support/temp-dir.js';
import type { CheckedCertificate } from '../log/keyring.js';
import type { LogKeys } from '../log/ports.js';
import { TestDevice, type Surroundings } from './test-device.js';
import { TestTracker, type TestIdentity } from './test-tracker.js';

const DAY = 24 * 3600_000;
/** Real time, for what goes on while the clock stands. */
const WITHIN_MS = 60_000;

export class TestWorld implements Surroundings {
  now = Date.parse('2026-11-20T12:00:00.000Z');
  rates: Rates | undefined;
  readonly tracker = new TestTracker();
  /** Those that run. */
  readonly devices = new Map<DeviceId, TestDevice>();
  readonly revoked = new Set<DeviceId>();
  private readonly folder = new TempDir();
  private readonly identities = new Map<string, TestIdentity>();
  private readonly knownBy = new Map<DeviceId, Set<DeviceId>>();
  private timers: { at: number; run: () => void }[] = [];
  /** Signatures of entries that are being checked: no time passes meanwhile. */
  private checks = 0;

  identity(name: string): TestIdentity {
    const { privateKey } = generateKeyPairSync('ed25519');
    const device = parseDeviceId(name.replaceAll('/', '_').padEnd(22, '0'));
    if (!device) throw new Error(`${name} is too long`);
    const identity = {
      username: (name.split('/')[0] ?? name) as Username,
      device,
      privateKey,
      pem: `certificate of ${name}`,
    };
    this.identities.set(identity.pem, identity);
    return identity;
  }

  device(name: string): TestDevice {
    return new TestDevice(this, this.identity(name));
  }

  /** One that has been there, and is away now: the tracker has its prekey. */
  async away(name: string): Promise<TestDevice> {
    const device = this.device(name);
    device.mailbox.tracker(true);
    await this.until(() => this.tracker.prekeys.has(device.device));
    await device.stop();
    return device;
  }

  read(pem: string): CheckedCertificate {
    const identity = this.identities.get(pem);
    if (!identity) throw new ParleyError('certificate_unknown');
    const { username, device, privateKey } = identity;
    const publicKey = createPublicKey(privateKey);
    return { username, device, publicKey, pem, notBefore: this.born - DAY, notAfter: this.born + 365 * DAY };
  }

  known(by: DeviceId): Set<DeviceId> {
    let known = this.knownBy.get(by);
    if (!known) this.knownBy.set(by, (known = new Set([by])));
    return known;
  }

  keysFor(by: TestIdentity): LogKeys {
    const of = (device: DeviceId) =>
      this.known(by.device).has(device) ? [...this.identities.values()].find((it) => it.device === device) : undefined;
    return {
      sign: (id) => sign(null, signedBytes(id), by.privateKey).toString('base64url'),
      author: (device) => {
        const identity = of(device);
        return identity ? { known: true, username: identity.username } : { known: false };
      },
      owner: (device) => of(device)?.username,
      verify: (device, id, sig, done) => {
        const identity = of(device);
        const key = identity && createPublicKey(identity.privateKey);
        const valid = key !== undefined && verify(null, signedBytes(id), key, Buffer.from(sig, 'base64url'));
        this.checks++;
        setImmediate(() => {
          this.checks--;
          done(valid);
        });
      },
    };
  }

  /** Of a device's own, for its prekeys. */
  directory(device: DeviceId): string {
    const path = join(this.folder.path, device);
    mkdirSync(path, { recursive: true });
    return path;
  }

  after(ms: number, run: () => void): unknown {
    const timer = { at: this.now + ms, run };
    this.timers.push(timer);
    return timer;
  }

  cancel(timer: unknown): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  /** Lets time pass, whatever falls due, and what that sets going. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      await this.settle();
      const [next] = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.cancel(next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = until;
  }

  /** What goes on without time passing: promises, checks of signatures, files. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 60; quiet = this.checks > 0 ? 0 : quiet + 1)
      await new Promise((resolve) => void setImmediate(resolve));
  }

  async until(holds: () => boolean): Promise<void> {
    const end = performance.now() + WITHIN_MS;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`not within ${WITHIN_MS} ms: ${String(holds)}`);
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }

  /** Lets time pass until it holds. */
  async reach(holds: () => boolean, withinMs = 600_000): Promise<void> {
    const limit = this.now + withinMs;
    const end = performance.now() + WITHIN_MS;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`not within ${WITHIN_MS} ms: ${String(holds)}`);
      await this.settle();
      const [next] = this.timers.filter(({ at }) => at <= limit).sort((a, b) => a.at - b.at);
      // Without one, something that takes real time is going on.
      if (!next || holds()) continue;
      this.cancel(next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
  }

  async close(): Promise<void> {
    for (const device of [...this.devices.values()]) await device.stop();
    await this.folder.remove();
  }

  private readonly born = this.now;
}
