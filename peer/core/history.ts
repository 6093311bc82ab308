/** History and its way to the others: whose key is whose, the log on the store, and the mesh. */
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, userKey, type DeviceId } from '../../protocol/ids.js';
import { readerOf } from '../identity/certificate-reader.js';
import { DurableHeads } from '../log/heads.js';
import { Keyring, type CheckedCertificate, type Former } from '../log/keyring.js';
import { Log as EntryLog } from '../log/log.js';
import { logStorage } from '../log/storage.js';
import { durableLog, meshLog } from '../mesh/local-log.js';
import { Mesh } from '../mesh/mesh.js';
import type { Device } from './device.js';
import { FreeSpace } from './free-space.js';
import { logEvents } from './internal-events.js';

export interface History {
  readonly keyring: Keyring;
  readonly certificates: {
    /** @throws ParleyError `certificate_unknown` when the pinned CA did not sign it */
    check(pem: string): CheckedCertificate;
    /** Checks it, keeps it, and tells of it. @throws as `check`, and `identity_mismatch` */
    add(pem: string): void;
  };
  /** What is durable here. */
  readonly heads: DurableHeads;
  /** Of the disk: while there is too little, nothing more of others is taken. */
  readonly space: FreeSpace;
  readonly entryLog: EntryLog;
  readonly mesh: Mesh;
  /** Whether an authority that has ended certified that device. */
  readonly isFormer: (device: DeviceId) => boolean;
}

export function openHistory(device: Device): History {
  const { config, identity, store, revocations, clocks, channels, personal, internal, clock, log } = device;
  const check = (pem: string): CheckedCertificate => {
    if (!identity.authority) throw new ParleyError('certificate_unknown');
    return readerOf(identity.authority).read(pem);
  };
  const former = (of: DeviceId): Former | undefined => identity.formers[store.certificates.eraOf(of)];
  const isFormer = (of: DeviceId): boolean => former(of) !== undefined;
  const revokedAt = (of: DeviceId): number | undefined => revocations.at(of);
  const keyring = new Keyring(identity.privateKey, store.certificates, check, revokedAt, former, config.signatures);
  const certificates = { check, add: (pem: string) => void internal.emit('certificate', keyring.add(pem)) };

  const self = { username: identity.username, device: identity.device };
  const now = (): number => clock.now();
  const turns = { now, latest: () => clocks.latest, soon: (callback: () => void) => void setImmediate(callback) };
  const storage = logStorage(store, now);
  // Read once: with many logs it is the longest part of opening.
  const ends = storage.ends();
  const heads = new DurableHeads(ends);
  const space = new FreeSpace({
    look: config.space ?? (() => store.space()),
    changed: (low) => void internal.emit('disk_low', low),
    timers: {
      setTimeout: (run, ms) => setTimeout(run, ms).unref(),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
  });
  const entryLog = new EntryLog({
    ...{ ...self, storage: { ...storage, ends: () => ends }, keys: keyring, clock: turns },
    refusal: () => clocks.refusal(identity.certificate),
    rates: config.rates,
    declines: (author) =>
      sameUser(author, self.username) ? space.isLast : space.isLow || personal.people.isBlocked(userKey(author)),
    ...logEvents(internal),
  });
  const mesh = new Mesh({
    ...self,
    channels: channels.set,
    log: meshLog(entryLog, heads, {
      knows: (author) => keyring.knows(author),
      pruned: (conversation, author, to) => {
        const upTo = store.pruning.upTo(conversation, author);
        const owner = upTo > 0 && to.pruned ? keyring.owner(author) : undefined;
        return owner !== undefined && sameUser(owner, self.username) ? 0 : upTo;
      },
      isFormer,
      ...(storage.contents ? { contents: storage.contents } : {}),
    }),
    senderLog: durableLog(heads, store.entries, (author) => keyring.pems(author).reverse()),
    addCertificate: (pem) => certificates.add(pem),
    receipt: (conversation, word) => void internal.emit('holds', conversation, word),
    signedReceipts: {
      keys: {
        sign: (id) => keyring.sign(id),
        verify: (...checked) => keyring.verify(...checked),
        owner: (of) => keyring.counted(of),
      },
      heard: (...held) => void internal.emit('receipt', ...held),
    },
    agreed: (...found) => void internal.emit('agreed', ...found),
    clock: turns,
    timers: {
      setInterval: (run, ms) => setInterval(run, ms),
      clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
    },
    logger: log,
  });
  return { keyring, certificates, heads, space, entryLog, mesh, isFormer };
}
