/**
 * Where a browser can read a file again after a reload, without a copy: a handle, which Chromium gives for what is dropped. For what is
 * chosen it would give one as well, but then refuses files of folders that it holds to be sensitive: choosing stays as it is everywhere.
 */

/** What is used of a FileSystemFileHandle; its permissions are not in every browser's. */
export interface FileHandle {
  getFile(): Promise<File>;
  queryPermission?(of: { readonly mode: 'read' }): Promise<PermissionState>;
  requestPermission?(of: { readonly mode: 'read' }): Promise<PermissionState>;
}

const handles = new WeakMap<Blob, Promise<FileHandle | undefined>>();

/** To be called while a drop is told: later the browser gives none. */
export function rememberHandle(file: File, item: DataTransferItem): void {
  const { getAsFileSystemHandle } = item as Partial<{ getAsFileSystemHandle(): Promise<unknown> }>;
  if (!getAsFileSystemHandle) return;
  handles.set(
    file,
    getAsFileSystemHandle.call(item).then(
      (handle) => (isFileHandle(handle) ? handle : undefined),
      () => undefined,
    ),
  );
}

export async function handleOf(file: Blob): Promise<FileHandle | undefined> {
  return handles.get(file);
}

function isFileHandle(handle: unknown): handle is FileHandle {
  return typeof handle === 'object' && handle !== null && 'kind' in handle && handle.kind === 'file';
}
