/** How entries cross a link: as text, or as they are. A simulator of thousands of peers, which share one memory, gives another. */
import { fromWire, openWireText, toWire, type Entry } from '../../protocol/entry.js';
import { isParleyError } from '../../protocol/errors.js';
import type { WireEntry } from '../../protocol/link-messages.js';

export interface EntryCodec {
  /** What `sendLines` of a link takes; handed over before the call returns. */
  lines(entries: readonly Entry[]): string;
  /** What `pass` of a link takes. */
  messages(entries: readonly Entry[]): readonly WireEntry[];
  /** Checks all that needs no key and no history. @throws ParleyError bad_entry, too_large, bad_entry_id */
  entry(wire: WireEntry): Entry;
}

/** NDJSON, as SPEC.md section 4 has it; between peers of one process what it would say, as objects. */
export const ndjson: EntryCodec = {
  lines(entries) {
    let lines = '';
    for (const entry of entries) lines += `${openWireText(entry)}}\n`;
    return lines;
  },
  messages: (entries) => entries.map(passable),
  entry: (wire) => checked.get(wire) ?? fromWire(wire),
};

/** What an entry is when it is passed, and the other way, once it was checked: once in this process, however many peers take it. */
const passed = new WeakMap<Entry, WireEntry>();
const checked = new WeakMap<WireEntry, Entry>();

function passable(entry: Entry): WireEntry {
  const known = passed.get(entry);
  if (known) return known;
  const wire = Object.freeze(toWire(entry));
  passed.set(entry, wire);
  try {
    checked.set(wire, fromWire(wire));
  } catch (error) {
    // What a damaged disk gives: whoever takes it finds out, and says so.
    if (!isParleyError(error)) throw error;
  }
  return wire;
}
