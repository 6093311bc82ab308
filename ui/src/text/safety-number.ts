/** A safety number as it is read out: groups of five digits. */
export function digitGroups(number: string): readonly string[] {
  return number.match(/\d{1,5}/g) ?? [];
}

/** Devices are called by the beginning of their ids, as in the daemon's notices. */
export function shortDevice(device: string): string {
  return `${device.slice(0, 6)}…`;
}
