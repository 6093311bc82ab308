/** Test support: the machine of downloads, with sources that a test plays by hand. */
import { FILE_CHUNK } from '../../protocol/files.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import { Download } from './download.js';

export const ENTRY = 'e' as EntryId;
const nothing = { hasManifest: false, has: () => false };

/** Sources by hand: what they were asked for, in order, and what they answer. */
export class Bench {
  now = 0;
  readonly asked = new Map<DeviceId, (number | 'manifest')[]>();
  /** When each of these was asked for. */
  private readonly since = new Map<DeviceId, number[]>();
  readonly said: string[] = [];
  /** What is asked of these waits to be sent. */
  readonly unsent = new Set<DeviceId>();
  readonly machine: Download = new Download(
    {
      connect: (device) => void this.said.push(`connect ${device}`),
      close: (device) => void this.said.push(`close ${device}`),
      requestManifest: (device) => this.ask(device, 'manifest'),
      requestChunk: (device, _entry, chunk) => this.ask(device, chunk),
      cancelChunk: (device, _entry, chunk) => {
        this.said.push(`cancel ${device} ${chunk}`);
        const at = this.unsent.has(device) ? this.queue(device).indexOf(chunk) : -1;
        if (at >= 0) this.queue(device).splice(at, 1);
        return at >= 0;
      },
      lied: (id, device) => void this.said.push(`lied ${id} ${device}`),
      complete: (id) => void this.said.push(`complete ${id}`),
    },
    () => 0.5,
  );

  constructor(chunks: number, devices: DeviceId[], ids = ['f']) {
    for (const id of ids) {
      this.machine.add({ sha256: id, size: chunks * FILE_CHUNK }, nothing, 0);
      for (const device of devices) this.machine.offer(id, device, [ENTRY], 0);
    }
    for (const device of devices) this.machine.linkUp(device, 0);
  }

  queue(device: DeviceId): (number | 'manifest')[] {
    const queue = this.asked.get(device) ?? [];
    this.asked.set(device, queue);
    return queue;
  }

  private ask(device: DeviceId, what: number | 'manifest'): void {
    this.queue(device).push(what);
    this.since.set(device, [...(this.since.get(device) ?? []), this.now]);
  }

  /** The same, as over a way: it begins to come so long after it was asked for, at least, and is all here so much later. */
  carry(device: DeviceId, delayMs: number, carryMs: number): number | 'manifest' | undefined {
    const [chunk] = this.queue(device);
    const [asked] = this.since.get(device) ?? [];
    if (chunk === undefined || asked === undefined) return undefined;
    this.now = Math.max(this.now, asked + delayMs);
    this.machine.expects(device, ENTRY, chunk, this.now);
    if (chunk === 'manifest') return this.answer(device, 'ok', 0);
    this.now += carryMs * 0.75;
    this.machine.nearlyHere(device, this.now);
    return this.answer(device, 'ok', carryMs * 0.25);
  }

  /** That device answers its oldest request. */
  answer(device: DeviceId, outcome: 'ok' | 'wrong' | 'failed' = 'ok', ms = 10): number | 'manifest' | undefined {
    this.now += ms;
    const chunk = this.queue(device).shift();
    this.since.get(device)?.shift();
    if (chunk === undefined) return undefined;
    this.machine.taken(this.machine.arrived(device, this.now), outcome, this.now);
    return chunk;
  }

  /** It says what it has, and sends the list of hashes. */
  ready(device: DeviceId, has: (chunk: number) => boolean = () => true, id = 'f'): void {
    this.machine.have(id, device, ENTRY, has, this.now);
    this.answer(device);
  }

  /** Those that were to be closed are. */
  closeThem(): DeviceId[] {
    const closed = this.said.flatMap((line) => (line.startsWith('close ') ? [line.slice(6) as DeviceId] : []));
    for (const device of closed) {
      this.asked.delete(device);
      this.machine.linkDown(device, this.now);
    }
    return [...new Set(closed)];
  }

  /** All answer in turn until nobody is asked. */
  finish(devices: DeviceId[]): void {
    for (let i = 0; i < 1_000 && devices.some((device) => this.queue(device).length > 0); i++)
      for (const device of devices) this.answer(device);
  }

  wait(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += 500) this.machine.tick(this.now);
  }

  get complete(): boolean {
    return this.said.includes('complete f');
  }
}
