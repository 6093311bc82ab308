/** Links of messages: which are links at all, and when the reader has to be told where they go. */

const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);
/** Marks that turn the direction of writing: `moc.elgoog` may be shown as another name. */
const directions = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** A dot between letters, or what stands for one; a scheme. */
const looksLikeAddress = /[\p{L}\p{N}-]\s*[.\u3002\uff0e\uff61]\s*\p{L}{2}|:\/\/|@/u;

export function withoutDirections(text: string): string {
  return text.replace(directions, '');
}

/** The address as a browser reads it, or undefined where a message must not lead. */
export function safeHref(address: string): string | undefined {
  const url = parse(withoutDirections(address));
  return url && schemes.has(url.protocol) ? url.href : undefined;
}

/**
 * Whom the link really leads to, where its label names another host or could be read as one: a label that looks like an
 * address, a name before an `@`, letters of other scripts (shown as `xn--…`). `href`: one from `safeHref`.
 */
export function hostToTell(label: string, href: string): string | undefined {
  const url = parse(href);
  if (!url) return undefined;
  const shown = withoutDirections(label).trim();
  if (url.protocol === 'mailto:') {
    const address = safeDecode(url.pathname);
    return !looksLikeAddress.test(shown) || same(shown, address) || same(shown, `mailto:${address}`)
      ? undefined
      : address;
  }
  if (url.username !== '' || url.password !== '' || url.host.includes('xn--')) return url.host;
  if (!looksLikeAddress.test(shown)) return undefined;
  const named = parse(/^[a-z][a-z0-9+.-]*:/i.test(shown) ? shown : `https://${shown}`);
  return named?.host === url.host ? undefined : url.host;
}

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
