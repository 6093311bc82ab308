/**
 * What is read and written of a router's UPnP (Internet Gateway Device 1 and 2): its description, and calls in SOAP. Pure. No parser of XML
 * is used: of an answer only the text of a few named elements is taken, so there are no entities, references or nesting to be harmed by.
 */
import { addressAt } from './ssdp.js';

/** Where calls go, and of which service they are. */
export interface Control {
  readonly url: URL;
  readonly service: string;
}

const SERVICE = /^urn:schemas-upnp-org:service:WAN(IP|PPP)Connection:[12]$/;

/** The service that forwards ports. @param location where the description was read: no call goes to another host */
export function controlIn(description: string, location: URL): Control | undefined {
  const base = addressAt(elementIn(description, 'URLBase') ?? '', location.hostname) ?? location;
  for (const part of description.split(/<service\s*>/).slice(1)) {
    const block = part.slice(0, Math.max(0, part.indexOf('</service>')));
    const service = elementIn(block, 'serviceType') ?? '';
    const path = elementIn(block, 'controlURL') ?? '';
    const url = addressAt(path, location.hostname, base);
    if (SERVICE.test(service) && url) return { url, service };
  }
  return undefined;
}

/** The text of the first element of that name that has nothing but text in it. @param name of letters alone */
export function elementIn(xml: string, name: string): string | undefined {
  const found = new RegExp(`<(?:[A-Za-z][\\w.-]{0,40}:)?${name}(?:\\s[^<>]{0,200})?>([^<>]{0,1000})</`).exec(xml);
  return found?.[1] === undefined ? undefined : plain(found[1]).trim();
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => NAMED[name] ?? '');
}

/** A call. @param values of our own making: numbers, addresses, fixed words */
export function callOf(
  service: string,
  action: string,
  values: Readonly<Record<string, string | number>>,
): { headers: Readonly<Record<string, string>>; body: string } {
  const fields = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  const envelope = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"';
  const style = 's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"';
  const body =
    `<?xml version="1.0"?>\r\n<s:Envelope ${envelope} ${style}><s:Body>` +
    `<u:${action} xmlns:u="${service}">${fields.join('')}</u:${action}></s:Body></s:Envelope>\r\n`;
  const headers = { 'content-type': 'text/xml; charset="utf-8"', soapaction: `"${service}#${action}"` };
  return { headers, body };
}

/** Why a call was refused, as the standard numbers it. */
export function faultIn(body: string): number | undefined {
  const code = Number(elementIn(body, 'errorCode') ?? 'none');
  return Number.isInteger(code) ? code : undefined;
}
