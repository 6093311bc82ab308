/** Test support: a tracker in memory that can be away, full, or a liar. */
import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import { userKey, type DeviceId, type Username } from '../../protocol/ids.js';
import { MAILBOX_PAGE_MAX } from '../../protocol/limits.js';
import type { Mail, MailPage, PublishedPrekey } from '../../protocol/mailbox-api.js';
import { prekeyBytes, prekeyId } from '../../protocol/mailbox-prekey.js';
import { deriveKeys } from '../../protocol/sealed-hpke.js';
import type { MailTracker } from './ports.js';

/** Stands for an X.509 certificate: what the reader makes of it is made here. */
export interface TestIdentity {
  readonly username: Username;
  readonly device: DeviceId;
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export class TestTracker {
  up = true;
  /** Answers of the next calls, by name; then it is honest again. */
  readonly failures = new Map<string, ErrorCode[]>();
  readonly prekeys = new Map<DeviceId, PublishedPrekey>();
  readonly boxes = new Map<DeviceId, Mail[]>();
  readonly full = new Set<string>();
  readonly calls: string[] = [];
  private next = 1;

  /** Puts something into a mailbox, whatever it is. */
  drop(device: DeviceId, prekey: string, blob: Buffer): void {
    const box = this.boxes.get(device) ?? [];
    box.push({ id: String(this.next++), prekey, blob: blob.toString('base64url') });
    this.boxes.set(device, box);
  }

  /** A prekey of somebody who is only made up, as they would publish it, but for what is given. */
  handOut(identity: TestIdentity, more: Partial<PublishedPrekey> = {}): void {
    const { publicKey } = deriveKeys(randomBytes(32));
    const { username, device, privateKey, pem } = identity;
    const fields = { username, device, key: publicKey.toString('base64url'), time: '2026-11-20T12:00:00.000Z' };
    const sig = sign(null, prekeyBytes(fields), privateKey).toString('base64url');
    const prekey = { ...fields, id: prekeyId(publicKey), sig, certificate: pem, ...more };
    this.prekeys.set(prekey.device, prekey);
  }

  letters(device: DeviceId): number {
    return this.boxes.get(device)?.length ?? 0;
  }

  count(call: string): number {
    return this.calls.filter((made) => made === call).length;
  }

  /** @param arrived tells a device that something came */
  for(own: TestIdentity, arrived: (device: DeviceId) => void): MailTracker {
    const call = (name: string): void => {
      this.calls.push(name);
      const code = this.up ? this.failures.get(name)?.shift() : 'tracker_unreachable';
      if (code) throw new ParleyError(code);
    };
    return {
      publish: async (prekey) => {
        call('publish');
        this.prekeys.set(prekey.device, { ...prekey, certificate: own.pem });
      },
      prekeys: async (of) => {
        call('prekeys');
        const all = [...this.prekeys.values()];
        if ('channel' in of) return all;
        return all.filter(({ username }) => userKey(username) === userKey(of.username));
      },
      post: async (username, { device, prekey }, blob) => {
        call('post');
        if (this.full.has(userKey(username))) throw new ParleyError('mailbox_full');
        if (this.prekeys.get(device)?.id !== prekey) throw new ParleyError('stale_prekey');
        this.drop(device, prekey, blob);
        arrived(device);
      },
      fetch: async (after): Promise<MailPage> => {
        call('fetch');
        const rest = (this.boxes.get(own.device) ?? []).filter(({ id }) => Number(id) > Number(after ?? 0));
        const prekey = this.prekeys.get(own.device)?.id;
        const mails = rest.slice(0, MAILBOX_PAGE_MAX);
        return { status: 'success', mails, more: rest.length > mails.length, ...(prekey ? { prekey } : {}) };
      },
      ack: async (ids) => {
        call('ack');
        const left = (this.boxes.get(own.device) ?? []).filter(({ id }) => !ids.includes(id));
        this.boxes.set(own.device, left);
      },
    };
  }
}
