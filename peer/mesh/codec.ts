/** How entries cross a link: as text. A simulator of thousands of peers, which share one memory, gives another. */
import { fromWire, openWireText, type Entry } from '../../protocol/entry.js';
import type { WireEntry } from '../../protocol/link-messages.js';

export interface EntryCodec {
  /** What `sendLines` of a link takes; handed over before the call returns. */
  lines(entries: readonly Entry[]): string;
  /** Checks all that needs no key and no history. @throws ParleyError bad_entry, too_large, bad_entry_id */
  entry(wire: WireEntry): Entry;
}

/** NDJSON, as SPEC.md section 4 has it. */
export const ndjson: EntryCodec = {
  lines(entries) {
    let lines = '';
    for (const entry of entries) lines += `${openWireText(entry)}}\n`;
    return lines;
  },
  entry: fromWire,
};
