/**
 * What the doctor says in English, in the terminal and in the window alike: the cause, and what to do. `{{…}}` are the arguments of a
 * finding. Other languages are in the window's own texts.
 */
export const doctorTexts = {
  no_network: 'This computer has no network. Plug in the cable or join the Wi-Fi.',
  no_route: 'The network has no way out: the router gave this computer no gateway. Reconnect, or restart the router.',
  dns_silent: 'Names cannot be looked up. Check the DNS server of this computer, or give the tracker’s number address.',
  name_unknown: 'There is no host “{{host}}”. Check the address of the tracker for a typing error.',
  tracker_silent:
    'The tracker at {{host}} port {{port}} does not answer: it is off or hangs, or a firewall drops that port. Ask whoever runs it.',
  tracker_down:
    'The machine {{host}} is there, but no tracker runs on port {{port}}. Start it there, or check the port.',
  not_a_tracker: 'Something else than a tracker answers at {{host}} port {{port}}. Check the address.',
  portal: 'This network wants a sign-in first. Open a browser, sign in there, then check again.',
  tracker_tls:
    'The secure connection to {{host}} fails ({{why}}). Check http or https in the address, and the certificate of the tracker.',
  ca_changed:
    'This is not the tracker that you know: it shows another certificate authority. If it was set up anew, accept it where the notice says so.',
  clock_wrong:
    'The clock of this computer is off by {{minutes}} minutes against the tracker’s. Have it set automatically (on Linux: timedatectl set-ntp true).',
  signed_out: 'You are signed out at the tracker. Sign in with your password.',
  device_revoked: 'This device was revoked. Start Parley with a new --data-dir.',
  account_disabled: 'Your account was disabled by an admin of this tracker. Ask one of them to enable it again.',
  account_pending: 'Your account waits for an admin of this tracker to approve it. Ask one of them.',
  events_blocked:
    'Something on the way blocks live connections (WebSocket), often a proxy. Use https, or ask for “/events” to be let through.',
  loopback_only: 'Your peer listens to this computer alone, so nobody else can dial it. Start it with --host 0.0.0.0.',
  firewall_here: 'A firewall on this computer or in the router blocks TCP port {{port}}. Allow it there.',
  nat_no_mapping:
    'Your router lets nobody in; others reach you through the tracker. Turn on UPnP in the router, or forward TCP port {{port}} to {{address}}.',
  wrong_forward: 'Your router forwards TCP port {{port}} to another machine or program. Forward it to {{address}}.',
  double_nat:
    'A second router stands before yours, often your provider’s, so forwarding a port does not help. Others reach you through the tracker, or by IPv6.',
  hard_nat:
    'Your router uses a new port for everyone (symmetric NAT), so direct links come about only with people who can be dialled. Forward TCP port {{port}} to {{address}}.',
  big_packets_lost: 'Large packets get lost on the way, often in a VPN. Set its MTU (packet size) to 1280.',
  relay_off: 'The tracker relays for nobody, so whoever cannot be dialled is not reached. Ask whoever runs it.',
  relay_full:
    'The relay carries as much as it may, so whoever cannot be dialled is not reached now. It is tried again; if that lasts, ask whoever runs the tracker.',
  peer_hangs: 'Your peer runs, but does not answer. End it, then start it again with “parley peer”.',
  not_running: 'No peer runs here for this profile. Start it with “parley peer”.',
  they_are_unknown: 'Nobody of that name is known here. Check the spelling.',
  they_are_away: 'They are not online. What you write is delivered once they are.',
  they_have_no_peer: 'They are online without a peer of their own. What you write is delivered once they start one.',
  they_are_not_linked: 'They are online, but no way to them was found yet. Ask them to check their connection too.',
  they_do_not_come:
    'They are online, but their peer does not come to the relay: it may hang, or their computer may sleep. Ask them to wake it, or to start Parley anew.',
  they_are_relayed:
    'Your link goes through the tracker, since neither of you lets others in. Nobody there can read it. It becomes direct by itself once one of you can be reached from outside.',
  address_hidden:
    'You hide your address, so all of your links go through the tracker. Nobody there can read them. Turn it off in the settings (Privacy) for direct links.',
  they_hide: 'They hide their address, so your link goes through the tracker. Nobody there can read it.',
  they_are_shut_in:
    'Your link goes through the tracker: you can be reached, but their network lets out little more than that. Nobody there can read it. Ask them to try another network.',
} as const;

/** What is looked at, in the order of the checks, while they run. Other languages are in the window's own texts. */
export const doctorSteps = {
  network: 'The network of this computer',
  names: 'The name of the tracker',
  connection: 'The way to the tracker',
  tracker: 'The answer of the tracker',
  'large packets': 'Large packets',
  clock: 'The clocks',
  authority: 'The certificate of the tracker',
  session: 'Your session at the tracker',
  'live events': 'The live connection',
  peer: 'Your peer',
  port: 'Its port',
  reach: 'The way in from outside',
  person: 'The link to this person',
} as const;

/** The checks by their names. */
export type DoctorCheckName = keyof typeof doctorSteps;

const UNDONE: ReadonlySet<string> = new Set(['waiting', 'running']);

/** What is looked at now, and how many of all are done; undefined: nothing any more. @param steps as `DoctorProgress.checks` */
export function doctorStepOf(
  steps: readonly { readonly check: DoctorCheckName; readonly state: string }[],
): { check: DoctorCheckName; done: number } | undefined {
  const now = steps.find(({ state }) => state === 'running') ?? steps.find(({ state }) => state === 'waiting');
  return now && { check: now.check, done: steps.filter(({ state }) => !UNDONE.has(state)).length };
}
