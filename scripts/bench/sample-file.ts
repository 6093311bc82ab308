/** Files to be sent. */
import { createCipheriv } from 'node:crypto';
import { open, statfs, truncate, writeFile } from 'node:fs/promises';

const MIB = 1024 * 1024;

/** Bytes without a pattern, the same each time: AES of zeros. @param size bytes, whole MiB */
export async function writeRandomFile(path: string, size: number): Promise<void> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(MIB);
  const file = await open(path, 'w');
  try {
    for (let at = 0; at < size; at += MIB) await file.write(cipher.update(zeros));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Zeros that take no room on the disk. @param size bytes */
export async function writeSparseFile(path: string, size: number): Promise<void> {
  await writeFile(path, '');
  await truncate(path, size);
}

/** Bytes that are free where that folder is. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
