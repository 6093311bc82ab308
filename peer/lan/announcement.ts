/**
 * What a peer says of itself on the local network (SPEC.md section 4): DNS-SD, `_parley._tcp`, in the TXT record the version of
 * the protocol, the device and the first characters of the CA's fingerprint. No name of a user: who it is, the certificate
 * tells on the link.
 */
import { parseDeviceId, type DeviceId } from '../../protocol/ids.js';
import { PROTOCOL_VERSION } from '../../protocol/limits.js';

export const SERVICE = 'parley';
/** In wire form, without compression, this label stands in every packet that is for us. */
export const SERVICE_LABEL = '_parley';
export const SERVICE_DOMAIN = '_parley._tcp.local';
/** Characters of the fingerprint that are told: enough that no two trackers of one network look alike. */
const CA_LENGTH = 16;
/** Records of one packet that are looked at. */
const RECORDS_MAX = 64;

export interface Announcement {
  readonly device: DeviceId;
  readonly port: number;
  /** It says goodbye. */
  readonly gone: boolean;
}

export function txtOf(device: DeviceId, ca: string): Record<string, string> {
  return { v: String(PROTOCOL_VERSION), d: device, ca: ca.slice(0, CA_LENGTH) };
}

/** What multicast-dns makes of a packet, as far as we look; all of it was written by a stranger. */
interface DnsRecord {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly ttl?: unknown;
  readonly data?: unknown;
}

/** The peers of our tracker that a response tells of. Anything else in it is passed over. */
export function announcements(packet: unknown, ca: string): Announcement[] {
  const found: Announcement[] = [];
  const texts = new Map<string, Map<string, string>>();
  const records = recordsOf(packet);
  for (const { name, type, data } of records) {
    if (type === 'TXT' && isOurs(name)) texts.set(name, textsOf(data));
  }
  for (const { name, type, ttl, data } of records) {
    if (type !== 'SRV' || !isOurs(name)) continue;
    const txt = texts.get(name);
    const device = parseDeviceId(txt?.get('d') ?? '');
    const port = portOf(data);
    if (!device || port === undefined || txt?.get('v') !== String(PROTOCOL_VERSION)) continue;
    if (txt.get('ca') !== ca.slice(0, CA_LENGTH)) continue;
    found.push({ device, port, gone: ttl === 0 });
  }
  return found;
}

function recordsOf(packet: unknown): DnsRecord[] {
  if (typeof packet !== 'object' || packet === null) return [];
  const { answers, additionals } = packet as { answers?: unknown; additionals?: unknown };
  const all = [listOf(answers), listOf(additionals)].flatMap((records) => records.slice(0, RECORDS_MAX / 2));
  return all.filter((record): record is DnsRecord => typeof record === 'object' && record !== null);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isOurs(name: unknown): name is string {
  return typeof name === 'string' && name.endsWith(`.${SERVICE_DOMAIN}`);
}

function portOf(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('port' in data)) return undefined;
  const { port } = data;
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

/** `key=value` strings; the first of a key counts (RFC 6763 section 6.4). */
function textsOf(data: unknown): Map<string, string> {
  const texts = new Map<string, string>();
  const items: unknown[] = Array.isArray(data) ? data.slice(0, 16) : [data];
  for (const item of items) {
    if (!Buffer.isBuffer(item) || item.length > 255) continue;
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(item.toString('latin1')) ?? [];
    if (key !== undefined && value !== undefined && !texts.has(key)) texts.set(key, value);
  }
  return texts;
}
