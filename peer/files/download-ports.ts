/** What the machine of downloads says, and is told. */
import type { DeviceId, EntryId } from '../../protocol/ids.js';

export interface DownloadOutput {
  /** A file link to that device is needed. */
  connect(device: DeviceId): void;
  /** It is too slow: end the link, and try again later. */
  close(device: DeviceId): void;
  requestManifest(device: DeviceId, entry: EntryId): void;
  requestChunk(device: DeviceId, entry: EntryId, chunk: number): void;
  /** @returns whether the request had not left yet: then it never does, and has no answer */
  cancelChunk(device: DeviceId, entry: EntryId, chunk: number): boolean;
  /** That device has sent other bytes than the file has. */
  lied(id: string, device: DeviceId): void;
  /** All chunks are there. */
  complete(id: string): void;
}

/** What arrived, as the machine judges it. */
export interface Arrival {
  /** Undefined where it is not wanted any more: to be thrown away. */
  readonly id: string | undefined;
  readonly device: DeviceId;
  /** By which it was asked. */
  readonly entry: EntryId;
  readonly chunk: number | 'manifest';
}

export interface DownloadLimits {
  /** Bytes a second; 0: no limit. */
  readonly down: number;
  /** Transfers. */
  readonly atOnce: number;
}
