/** Certificates of the simulated tracker as text, and those that one device has seen, of itself and of others. */
import type { DeviceId } from '../../protocol/ids.js';

export interface Certificate {
  readonly device: DeviceId;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export function certificateText({ device, notBefore, notAfter }: Certificate): string {
  return `certificate of ${device} ${notBefore} ${notAfter}`;
}

/** Every link is looked at every second; there are no more texts than were issued. */
const read = new Map<string, Certificate>();

export function readCertificate(text: string): Certificate {
  const known = read.get(text);
  if (known) return known;
  const [device = '', notBefore, notAfter] = text.slice('certificate of '.length).split(' ');
  const certificate = { device: device as DeviceId, notBefore: Number(notBefore), notAfter: Number(notAfter) };
  read.set(text, certificate);
  return certificate;
}

/** As the shelf behind the real keyring: outlives the process, and only grows. */
export class KnownCertificates {
  private readonly certificates = new Map<DeviceId, { until: number; texts: string[] }>();

  /** @param text of the tracker's own issue */
  add(text: string): void {
    const { device, notAfter } = readCertificate(text);
    const known = this.certificates.get(device);
    if (!known) this.certificates.set(device, { until: notAfter, texts: [text] });
    else if (!known.texts.includes(text)) {
      known.until = Math.max(known.until, notAfter);
      known.texts = [...known.texts, text].sort((a, b) => readCertificate(b).notAfter - readCertificate(a).notAfter);
    }
  }

  has(device: DeviceId): boolean {
    return this.certificates.has(device);
  }

  /** When the last of them ends; their begin proves nothing and is not looked at (docs/decisions/clocks.md). */
  until(device: DeviceId): number {
    return this.certificates.get(device)?.until ?? -Infinity;
  }

  /** Newest first. */
  texts(device: DeviceId): string[] {
    return this.certificates.get(device)?.texts ?? [];
  }
}
