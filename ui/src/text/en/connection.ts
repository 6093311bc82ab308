/** How others reach this peer, and what the doctor finds, in English. */
export const connection = {
  'connection.reach_label': 'How others reach you',
  'connection.reach_open': 'Directly: others can dial this computer.',
  'connection.reach_lan': 'Directly, from your own network.',
  'connection.reach_hard':
    'Through the tracker: your router uses a new port for everyone. Chat works; files are slower. Forward the port in your router to be reached directly.',
  'connection.reach_behind':
    'Through the tracker or a hole in your router: nobody is let in from outside. Chat works; files may be slower.',
  'connection.reach_unknown': 'Not known yet.',
  'connection.reach_seen_at': 'Seen from outside at',
  'connection.reach_direct_one': '{{count}} direct link',
  'connection.reach_direct_other': '{{count}} direct links',
  'connection.reach_relayed_one': '{{count}} through the tracker',
  'connection.reach_relayed_other': '{{count}} through the tracker',

  'connection.doctor_title': 'Check the connection',
  'connection.doctor_hint': 'Looks for what keeps you from others, and says what to do. It takes at most ten seconds.',
  'connection.doctor_start': 'Check the connection',
  'connection.doctor_running': 'Checking …',
  'connection.doctor_failed': 'The check could not be made. Try again in a moment.',
  'connection.doctor_copy': 'Copy the report',
  'connection.doctor_copied': 'The report is copied. It holds no names, addresses or messages.',
  'connection.doctor_fine': 'Everything works.',
  'connection.doctor_unsure': 'Nothing wrong was found, but not everything could be looked at.',
  'connection.doctor_no_network': 'This computer has no network. Plug in the cable or join the Wi-Fi.',
  'connection.doctor_no_route':
    'The network has no way out: the router gave this computer no gateway. Reconnect, or restart the router.',
  'connection.doctor_dns_silent':
    'Names cannot be looked up. Check the DNS server of this computer, or give the tracker’s number address.',
  'connection.doctor_name_unknown': 'There is no host “{{host}}”. Check the address of the tracker for a typing error.',
  'connection.doctor_tracker_silent':
    'The tracker at {{host}} port {{port}} does not answer: it is off or hangs, or a firewall drops that port. Ask whoever runs it.',
  'connection.doctor_tracker_down':
    'The machine {{host}} is there, but no tracker runs on port {{port}}. Start it there, or check the port.',
  'connection.doctor_not_a_tracker':
    'Something else than a tracker answers at {{host}} port {{port}}. Check the address.',
  'connection.doctor_portal': 'This network wants a sign-in first. Open a browser, sign in there, then check again.',
  'connection.doctor_tracker_tls':
    'The secure connection to {{host}} fails ({{why}}). Check http or https in the address, and the certificate of the tracker.',
  'connection.doctor_ca_changed':
    'This is not the tracker that you know: it shows another certificate authority. If it was set up anew, accept it where the notice says so.',
  'connection.doctor_clock_wrong':
    'The clock of this computer is off by {{minutes}} minutes against the tracker’s. Have it set automatically.',
  'connection.doctor_signed_out': 'You are signed out at the tracker. Sign in with your password.',
  'connection.doctor_device_revoked': 'This device was revoked. Start Parley with a new data directory.',
  'connection.doctor_events_blocked':
    'Something on the way blocks live connections (WebSocket), often a proxy. Use https, or ask for “/events” to be let through.',
  'connection.doctor_loopback_only':
    'Your peer listens to this computer alone, so nobody else can dial it. Start it with --host 0.0.0.0.',
  'connection.doctor_firewall_here':
    'A firewall on this computer or in the router blocks TCP port {{port}}. Allow it there.',
  'connection.doctor_nat_no_mapping':
    'Your router lets nobody in; others reach you through the tracker. Turn on UPnP in the router, or forward TCP port {{port}} to {{address}}.',
  'connection.doctor_wrong_forward':
    'Your router forwards TCP port {{port}} to another machine or program. Forward it to {{address}}.',
  'connection.doctor_hard_nat':
    'Your router uses a new port for everyone (symmetric NAT), so direct links come about only with people who can be dialled. Forward TCP port {{port}} to {{address}}.',
  'connection.doctor_big_packets_lost':
    'Large packets get lost on the way, often in a VPN. Set its MTU (packet size) to 1280.',
  'connection.doctor_relay_off':
    'The tracker relays for nobody, so whoever cannot be dialled is not reached. Ask whoever runs it.',
  'connection.doctor_not_running': 'No peer runs here for this profile. Start it with “parley peer”.',
  'connection.doctor_they_are_unknown': 'Nobody of that name is known here. Check the spelling.',
  'connection.doctor_they_are_away': 'They are not online. What you write is delivered once they are.',
  'connection.doctor_they_are_not_linked':
    'They are online, but no way to them was found yet. Ask them to check their connection too.',
};
