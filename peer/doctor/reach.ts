/** Whether others can dial this device, and who does not let them: this computer, or a router. */
import { CHECK_MS, type CheckCode, type MappingView } from '../../protocol/reach.js';
import { canonical, isHeardAt, kindOf, ownAddresses } from '../reach/addresses.js';
import type { Check, Finding } from './examine.js';
import type { Other, Patient, Place } from './patient.js';

const REACH_MS = 6_000;
/** On a busy machine a peer may take long. */
const HANGING_MS = 4_000;
/**
 * The tracker was taken in, and heard nothing until its time was over. So does a peer that is busy, or whose computer has just fallen asleep:
 * a router that leads to another program is not named for that. What is no peer says so at once, or hangs up.
 */
const SAID_NOTHING_MS = 0.9 * CHECK_MS;
/** What a firewall does with what it lets not through. */
const IS_BLOCKED: ReadonlySet<CheckCode> = new Set(['silent', 'unreachable', 'refused']);

export function reachChecks(patient: Patient, place: Place): Check[] {
  const { answers, p2p, reach, hidesAddress = false, relay, other } = patient;
  const isLocal = (host: string): boolean => kindOf(canonical(host) ?? host) === 'loopback';
  return [
    {
      name: 'peer',
      after: [],
      limitMs: answers ? HANGING_MS : 100,
      ...(answers && { late: { code: 'peer_hangs' } as const }),
      run: async () => {
        if (answers) return answers.then(() => 'unknown' as const);
        return p2p ? 'ok' : { code: 'not_running' };
      },
    },
    {
      name: 'port',
      after: ['peer'],
      limitMs: 100,
      run: async () =>
        p2p && !hidesAddress && isLocal(p2p.host) && !isLocal(place.host) ? { code: 'loopback_only' } : 'ok',
    },
    {
      name: 'reach',
      after: ['session', 'port'],
      limitMs: REACH_MS,
      run: async (signal) => {
        // All of its links need the relay. That one person does not come to it is for the question about them.
        if (hidesAddress) return relay === undefined || relay === 'they_do_not_come' ? 'ok' : { code: relay };
        if (!p2p || !reach || isLocal(p2p.host)) return 'unknown';
        const found = await reach(signal);
        if (found.reach === 'open' || found.reach === 'lan') return 'ok';
        const { checked, mapping } = found;
        const result = checked?.results[0];
        if (!result) return 'unknown';
        if (checked.results.some(({ open }) => open)) return 'ok';
        const own = ownAddresses(patient.interfaces());
        // As where the tracker was reached over IPv6, and this device listens for IPv4 alone.
        if (!isHeardAt(checked.host, p2p.host, own)) return 'unknown';
        if (result.code === 'not_a_peer' && result.ms >= SAID_NOTHING_MS) return 'unknown';
        const address = own[0] ?? p2p.host;
        const isOurs = own.includes(canonical(checked.host) ?? '');
        return reason(result.code ?? 'silent', {
          isOurs,
          isHard: found.seen.isSteady === false,
          mapping,
          port: p2p.port,
          address,
        });
      },
    },
    ...(other ? [personCheck(other, hidesAddress ? relay : undefined)] : []),
  ];
}

interface Circumstances {
  /** The tracker sees this computer at an address of its own: there is no router with NAT between. */
  readonly isOurs: boolean;
  readonly isHard: boolean;
  readonly mapping: MappingView;
  readonly port: number;
  readonly address: string;
}

function reason(code: CheckCode, { isOurs, isHard, mapping, port, address }: Circumstances): Finding {
  // What answers there is no firewall.
  if (isOurs) return IS_BLOCKED.has(code) ? { code: 'firewall_here', args: { port } } : 'unknown';
  if (code === 'another_device' || code === 'not_a_peer') return { code: 'wrong_forward', args: { port, address } };
  // What could be forwarded would lead to the other router.
  if (mapping.behindAnother === true) return { code: 'double_nat' };
  // The router lets in, by its own word: then what does not is here.
  if (mapping.state === 'mapped') return { code: 'firewall_here', args: { port } };
  return { code: isHard ? 'hard_nat' : 'nat_no_mapping', args: { port, address } };
}

const OTHERS: Readonly<Record<Other, Finding>> = {
  unknown: { code: 'they_are_unknown' },
  away: { code: 'they_are_away' },
  without_peer: { code: 'they_have_no_peer' },
  not_linked: { code: 'they_are_not_linked' },
  relay_off: { code: 'relay_off' },
  relay_full: { code: 'relay_full' },
  they_do_not_come: { code: 'they_do_not_come' },
  relayed: { code: 'they_are_relayed' },
  address_hidden: { code: 'address_hidden' },
  hides_address: { code: 'they_hide' },
  shut_in: { code: 'they_are_shut_in' },
  linked: 'ok',
};

/** @param named what is said of this device already: one cause is named once */
function personCheck(other: Other, named: Other | undefined): Check {
  const run = async (): Promise<Finding> => (other === named ? 'unknown' : OTHERS[other]);
  return { name: 'person', after: ['live events'], limitMs: 100, run };
}
