/** What carries a link past its handshake: lines over TLS (`line-socket.ts`), or memory, between two peers of one process (`local-transport.ts`). */
import type { LinkMessage } from '../../protocol/link-messages.js';

export interface Transport {
  /** Bytes not yet taken by the other side, or by the kernel. */
  readonly queued: number;
  /** It leaves once what is being done now is done, with all that is sent until then. */
  send(message: LinkMessage): void;
  /** It leaves at once, after what was sent before it, unless an earlier write is under way. @param text ends in a newline */
  write(text: string): void;
  /** Hands messages over as they are, which nobody changes from then on. Only where both ends share one memory. */
  readonly pass?: (messages: readonly LinkMessage[]) => void;
  pause(): void;
  resume(): void;
  /** Sends what is queued and ends; what still arrives is dropped. */
  end(): void;
  /** Ends at once; nothing is told any more. */
  destroy(): void;
}

export interface TransportHandlers {
  /** The lines of one chunk, at least one. */
  lines(lines: string[]): void;
  /** What was passed, at least one. */
  passed(messages: readonly LinkMessage[]): void;
  drained(): void;
  /** Within `send`, `write` or `pass`: the queue is at its limit. */
  full(): void;
  /** The transport is gone. Once. */
  closed(): void;
}
