/** Where a daemon keeps its data when no flag says so: under the platform's own directory for it. */
export async function defaultDataDir(...names: string[]): Promise<string> {
  const [{ default: envPaths }, { join }] = await Promise.all([import('env-paths'), import('node:path')]);
  return join(envPaths('parley', { suffix: '' }).data, ...names);
}
