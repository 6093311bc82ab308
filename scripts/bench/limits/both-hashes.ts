/** What a peer must know of a file, as the bytes come: SHA-256 of the whole, and of the SHA-256 of each chunk. */
import { createHash } from 'node:crypto';
import { FILE_CHUNK } from '../../../protocol/files.js';

export class BothHashes {
  private readonly whole = createHash('sha256');
  private readonly list = createHash('sha256');
  private chunk = createHash('sha256');
  private filled = 0;

  update(bytes: Buffer): void {
    this.whole.update(bytes);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + FILE_CHUNK - this.filled);
      this.chunk.update(piece);
      this.filled += piece.length;
      at += piece.length;
      if (this.filled === FILE_CHUNK) this.next();
    }
  }

  /** In hex. Once. */
  digest(): { readonly sha256: string; readonly chunks: string } {
    if (this.filled > 0) this.next();
    return { sha256: this.whole.digest('hex'), chunks: this.list.digest('hex') };
  }

  private next(): void {
    this.list.update(this.chunk.digest());
    this.chunk = createHash('sha256');
    this.filled = 0;
  }
}
