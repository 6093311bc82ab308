/** The path of an installed or fetched proxy, or undefined when there is none. */
export function findProxy(name: 'nginx' | 'caddy'): string | undefined;
