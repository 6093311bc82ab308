/** What is durable here, kept in memory: the truth behind every `have`. */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { Advance } from './ports.js';

export class DurableHeads {
  private readonly heads = new Map<ConversationId, Map<DeviceId, number>>();

  constructor(ends: Iterable<{ conversation: ConversationId; device: DeviceId; seq: number }>) {
    for (const { conversation, device, seq } of ends) this.of(conversation).set(device, seq);
  }

  advance(advance: Advance): void {
    for (const [conversation, devices] of advance) {
      const heads = this.of(conversation);
      for (const [device, seq] of devices) heads.set(device, seq);
    }
  }

  durable(conversation: ConversationId): ReadonlyMap<DeviceId, number> {
    return this.heads.get(conversation) ?? new Map<DeviceId, number>();
  }

  conversations(): Iterable<ConversationId> {
    return this.heads.keys();
  }

  private of(conversation: ConversationId): Map<DeviceId, number> {
    let heads = this.heads.get(conversation);
    if (!heads) this.heads.set(conversation, (heads = new Map<DeviceId, number>()));
    return heads;
  }
}
