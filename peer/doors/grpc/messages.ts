/** What commands answer → messages of the .proto, whose names are theirs, so that JSON is all that stands between them. */
import {
  clearField,
  fromJson,
  ScalarType,
  toJson,
  type DescMessage,
  type JsonValue,
  type MessageShape,
} from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import type { EntryView } from '../../../protocol/local-api.js';
import { EntrySchema, type Entry } from './generated/parley_pb.js';

/** Clients take messages of at most 4 MiB unless they are told otherwise. */
const ANSWER_BYTES = 3 * 1024 * 1024;

/** Fields without presence are there also where they are empty; optional ones only where they were given, and not empty. */
export function argumentsOf<Desc extends DescMessage>(schema: Desc, request: MessageShape<Desc>): object {
  return toJson(schema, withoutEmpty(schema, request), { alwaysEmitImplicit: true }) as object;
}

/** The same request, where an optional string that is empty is absent: clients without presence of fields send all of them. */
export function withoutEmpty<Desc extends DescMessage>(schema: Desc, request: MessageShape<Desc>): MessageShape<Desc> {
  const fields = request as Readonly<Record<string, unknown>>;
  for (const field of schema.fields) {
    const isText = field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING;
    if (isText && field.presence === FeatureSet_FieldPresence.EXPLICIT && fields[field.localName] === '')
      clearField(request, field);
  }
  return request;
}

/** What the .proto does not have is left out. */
export function messageOf<Desc extends DescMessage>(schema: Desc, view: object): MessageShape<Desc> {
  return fromJson(schema, view as JsonValue, { ignoreUnknownFields: true });
}

export function entryMessage(view: EntryView): Entry {
  return messageOf(EntrySchema, timely(view));
}

/**
 * Entries as they can stand in a message. An author may have written any year of four digits; protobuf's timestamps begin with year 1, and
 * one entry must not make all answers that show it impossible.
 */
export function timely(view: EntryView): object {
  const { time, at, edited, pinned } = view;
  return {
    ...view,
    time: afterYear0(time),
    ...(at === undefined ? {} : { at: afterYear0(at) }),
    ...(edited === undefined ? {} : { edited: afterYear0(edited) }),
    ...(pinned === undefined ? {} : { pinned: { ...pinned, time: afterYear0(pinned.time) } }),
  };
}

function afterYear0(time: string): string {
  return time.startsWith('0000-') ? '0001-01-01T00:00:00.000Z' : time;
}

/** How many of these views, from the first on, fit into one answer: at least one. */
export function fitting(views: readonly (EntryView | undefined)[]): number {
  let bytes = 0;
  const over = views.findIndex((view) => {
    bytes += view === undefined ? 0 : Buffer.byteLength(JSON.stringify(view));
    return bytes > ANSWER_BYTES;
  });
  return over < 0 ? views.length : Math.max(1, over);
}
