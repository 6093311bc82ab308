/** One file of a simulated disk: pieces at their places, some of which no sync has covered yet. */
import { bodyOf, isLong, wholeHash } from './contents.js';

interface Piece {
  readonly length: number;
  /** The bytes that count. */
  readonly body: Buffer;
}

export class MemoryFile {
  private pieces = new Map<number, Piece>();
  private unsynced: { readonly position: number; readonly before: Piece | undefined }[] = [];

  get size(): number {
    let size = 0;
    for (const [position, { length }] of this.pieces) size = Math.max(size, position + length);
    return size;
  }

  /** @returns how many bytes; what was never written before the end is zero */
  read(into: Buffer, length: number, position: number): number {
    const there = Math.max(0, Math.min(length, this.size - position));
    into.fill(0, 0, isLong(there) ? 64 : there);
    if (isLong(there)) this.pieces.get(position)?.body.copy(into);
    else
      for (const [at, { body }] of this.pieces)
        if (at < position + there && at + body.length > position)
          body.copy(into, Math.max(0, at - position), Math.max(0, position - at), position + there - at);
    return there;
  }

  write(bytes: Uint8Array, position: number): void {
    this.put(position, { length: bytes.length, body: bodyOf(bytes) });
  }

  /** The process died while it was written. */
  tear(bytes: Uint8Array, position: number): void {
    const body = bodyOf(bytes);
    this.put(position, { length: bytes.length, body: body.fill(0, body.length >> 1) });
  }

  sync(): void {
    this.unsynced = [];
  }

  /** Each piece that no sync covered may be as it was before. */
  powerFails(isLost: () => boolean): void {
    for (const { position, before } of this.unsynced.splice(0).reverse()) if (isLost()) this.set(position, before);
  }

  digest(size: number): string {
    const inOrder = [...this.pieces].filter(([at]) => at < size).sort(([a], [b]) => a - b);
    return wholeHash(
      inOrder.map(([, { body }]) => body),
      size,
    );
  }

  /** A bit of what lies there turns. */
  rot(): void {
    const [first] = this.pieces.values();
    if (first && first.body.length > 0) first.body[0] = (first.body[0] ?? 0) ^ 1;
  }

  copy(): MemoryFile {
    const copy = new MemoryFile();
    copy.pieces = new Map(this.pieces);
    return copy;
  }

  private put(position: number, piece: Piece | undefined): void {
    this.unsynced.push({ position, before: this.pieces.get(position) });
    this.set(position, piece);
  }

  private set(position: number, piece: Piece | undefined): void {
    if (piece) this.pieces.set(position, piece);
    else this.pieces.delete(position);
  }
}
