/** Whether there is a network, a way out of it, and names in it. */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { canonical, kindOf } from '../reach/addresses.js';
import { sourceFor } from '../reach/network.js';
import type { Check, Finding } from './examine.js';
import { codeOf } from './http.js';
import { lookUp } from './look-up.js';
import type { Patient, Place } from './patient.js';

const NAMES_MS = 3_000;
/** Of the world, as everybody has it: nothing is sent there. */
const WORLD = { v4: '198.51.100.1', v6: '2001:db8::1' };

/** @param resolved told the addresses of the tracker */
export function networkChecks(patient: Patient, place: Place, resolved: (addresses: string[]) => void): Check[] {
  const isHere = kindOf(canonical(place.host) ?? place.host) === 'loopback';
  return [
    {
      name: 'network',
      after: [],
      limitMs: 300,
      run: async () => {
        const all = Object.values(patient.interfaces()).flatMap((list) => list ?? []);
        return isHere || all.some(({ internal }) => !internal) ? 'ok' : { code: 'no_network' };
      },
    },
    {
      name: 'names',
      after: ['network'],
      limitMs: NAMES_MS,
      late: { code: 'dns_silent' },
      run: async (signal) => {
        if (isIP(place.host) !== 0) {
          resolved([place.host]);
          return isHere || (await leads(place.host)) ? 'ok' : { code: 'no_route' };
        }
        try {
          resolved(await lookUp(place.host, signal));
          return 'ok';
        } catch (error) {
          return nameFault(place.host, error);
        }
      },
    },
  ];
}

async function nameFault(host: string, error: unknown): Promise<Finding> {
  // No server can be asked without a way out.
  if (!(await leads(WORLD.v4)) && !(await leads(WORLD.v6))) return { code: 'no_route' };
  if (codeOf(error) !== 'ENOTFOUND') return { code: 'dns_silent' };
  // Some systems say the same of a server that refuses: then it is asked directly.
  return (await answers(host)) ? { code: 'name_unknown', args: { host } } : { code: 'dns_silent' };
}

/** Whether a name server answers at all. */
async function answers(host: string): Promise<boolean> {
  try {
    await new Resolver({ timeout: 1_000, tries: 1 }).resolve4(host);
    return true;
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'ESERVFAIL';
  }
}

/** Whether the system knows a way there. Sends nothing. */
async function leads(address: string): Promise<boolean> {
  return (await sourceFor(address)) !== undefined;
}
