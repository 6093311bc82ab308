/** The ends of all logs, by conversation and device. */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { LogEnd } from './ports.js';

export class Ends {
  private readonly byConversation = new Map<ConversationId, Map<DeviceId, LogEnd>>();

  get(conversation: ConversationId, device: DeviceId): LogEnd | undefined {
    return this.byConversation.get(conversation)?.get(device);
  }

  set(conversation: ConversationId, device: DeviceId, end: LogEnd | undefined): void {
    let logs = this.byConversation.get(conversation);
    if (!logs) this.byConversation.set(conversation, (logs = new Map<DeviceId, LogEnd>()));
    if (end) logs.set(device, end);
    else logs.delete(device);
  }
}
