/** Copies of the built UI that a test may change, as a later build would. */
import { cp, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './project.js';

const TEXT = /\.(?:js|css|html)$/;

export class BuiltUi {
  private constructor(readonly folder: string) {}

  /** A copy of dist/ui. */
  static async copyTo(folder: string): Promise<BuiltUi> {
    await cp(join(projectRoot, 'dist/ui'), folder, { recursive: true });
    return new BuiltUi(folder);
  }

  /** The files below assets/ whose names begin so. */
  async assets(prefix: string): Promise<string[]> {
    return (await readdir(join(this.folder, 'assets'))).filter((name) => name.startsWith(prefix));
  }

  /** The same as the next build would make it: all scripts under other names, the old ones gone. `mark`: new in its names. */
  async rebuild(mark: string): Promise<void> {
    const assets = await readdir(join(this.folder, 'assets'));
    const renamed = new Map(assets.map((name) => [name, name.replace(/-.{8}(\.\w+)$/, `-${mark}$1`)]));
    // Two of one name and other hashes must not become one.
    for (const [name, next] of renamed)
      if (assets.filter((a) => renamed.get(a) === next).length > 1) renamed.delete(name);
    for (const [name, next] of renamed)
      await rename(join(this.folder, 'assets', name), join(this.folder, 'assets', next));
    const files = await readdir(this.folder, { recursive: true });
    for (const file of files.filter((name) => TEXT.test(name))) {
      let text = await readFile(join(this.folder, file), 'utf8');
      for (const [name, next] of renamed) text = text.replaceAll(name, next);
      if (file === 'sw.js') text = text.replace(/"version":"\w+"/, `"version":"${mark}"`);
      await writeFile(join(this.folder, file), text);
    }
  }
}
