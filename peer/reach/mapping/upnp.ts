/** Asks a router by UPnP: finds where it describes itself, what it can, and has it forward a port. */
import { isIPv4 } from 'node:net';
import { callOf, controlIn, elementIn, faultIn, type Control } from './igd.js';
import { askRouter, type Said } from './soap.js';
import { searchRouter, type SearchOptions } from './ssdp.js';
import type { Granted, Outcome, Wish } from './types.js';

/** Codes of refusals: the port is another computer's; only mappings without an end. */
const TAKEN = 718;
const FOR_EVER_ONLY = 725;
/** Ports that are tried where the wanted one is taken. */
const OTHERS = 3;
/** What a router shows its owner. */
const DESCRIPTION = 'Parley';

export interface UpnpOptions extends SearchOptions {
  /** In [0, 1). */
  readonly random: () => number;
}

/** A router that can forward ports. */
export interface Found {
  readonly control: Control;
  /** As in `Granted`. */
  readonly host: string | undefined;
  /** It says that it has no address outside: in whatever way, 0.0.0.0 or none. */
  readonly isHidden: boolean;
}

/** Undefined: none answers, or it cannot. Never rejects. */
export async function findUpnp(options: SearchOptions): Promise<Found | undefined> {
  const { signal } = options;
  const location = await searchRouter(options);
  if (!location) return undefined;
  try {
    const { status, body } = await askRouter(location, { signal, ...limitOf(options) });
    const control = status === 200 ? controlIn(body, location) : undefined;
    if (!control) return undefined;
    const said = await call(control, 'GetExternalIPAddress', {}, options).catch(() => undefined);
    const host = said?.status === 200 ? elementIn(said.body, 'NewExternalIPAddress') : undefined;
    const isHidden = host === '' || host?.startsWith('0.') === true;
    return { control, host: host !== undefined && isIPv4(host) ? host : undefined, isHidden };
  } catch {
    return undefined;
  }
}

/** Never rejects. */
export async function mapByUpnp(
  { control, host, isHidden }: Found,
  wish: Wish,
  options: UpnpOptions,
): Promise<Outcome> {
  const { random, home } = options;
  const { inner, outer, lifetimeMs } = wish;
  /** The port that is asked for, while it is not known what became of it. */
  let asked: number | undefined;
  const add = async (port: number, lifetime: number): Promise<Said> => {
    asked = port;
    const said = await call(
      control,
      'AddPortMapping',
      {
        ...{ NewRemoteHost: '', NewExternalPort: port, NewProtocol: 'TCP', NewInternalPort: inner },
        ...{ NewInternalClient: home.ours, NewEnabled: 1, NewPortMappingDescription: DESCRIPTION },
        NewLeaseDuration: lifetime,
      },
      options,
    );
    asked = undefined;
    return said;
  };
  const others = Array.from({ length: OTHERS }, () => 1024 + Math.floor(random() * (65_536 - 1024)));
  try {
    for (const port of [outer, ...others]) {
      let said = await add(port, Math.ceil(lifetimeMs / 1000));
      // It is taken back when this peer stops, and made anew as if it had an end.
      if (refusal(said) === FOR_EVER_ONLY) said = await add(port, 0);
      if (isDone(said)) return { state: 'mapped', granted: granted(control, { host, port, lifetimeMs }) };
      if (refusal(said) !== TAKEN) break;
    }
  } catch {
    // It has stopped answering, or time is over.
  }
  const left = asked === undefined ? {} : { undo: undoOf(control, asked, { inner, host: home.ours }) };
  return { state: 'refused', host, ...(isHidden && { isHidden }), ...left };
}

/** Only what leads here: the port may have been another computer's all the time. */
function undoOf(control: Control, port: number, here: { readonly inner: number; readonly host: string }) {
  const what = { NewRemoteHost: '', NewExternalPort: port, NewProtocol: 'TCP' };
  return async (signal: AbortSignal): Promise<unknown> => {
    const { body } = await call(control, 'GetSpecificPortMappingEntry', what, { signal });
    const leadsHere =
      elementIn(body, 'NewInternalClient') === here.host && Number(elementIn(body, 'NewInternalPort')) === here.inner;
    return leadsHere ? call(control, 'DeletePortMapping', what, { signal }) : undefined;
  };
}

function granted(control: Control, facts: Pick<Granted, 'host' | 'port' | 'lifetimeMs'>): Granted {
  const what = { NewRemoteHost: '', NewExternalPort: facts.port, NewProtocol: 'TCP' };
  return { by: 'upnp', ...facts, remove: (signal) => call(control, 'DeletePortMapping', what, { signal }) };
}

/** A page that says 200 to everything has done nothing. */
function isDone({ status, body }: Said): boolean {
  return status === 200 && /<(?:[\w.-]{1,40}:)?AddPortMappingResponse\b/.test(body);
}

function refusal({ status, body }: Said): number | undefined {
  return status === 200 ? undefined : faultIn(body);
}

function call(
  { url, service }: Control,
  action: string,
  values: Readonly<Record<string, string | number>>,
  options: Pick<SearchOptions, 'signal' | 'limitMs'>,
): Promise<Said> {
  return askRouter(url, { ...callOf(service, action, values), signal: options.signal, ...limitOf(options) });
}

function limitOf({ limitMs }: Pick<SearchOptions, 'limitMs'>): { readonly limitMs?: number } {
  return limitMs === undefined ? {} : { limitMs };
}
