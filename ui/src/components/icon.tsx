/** Line icons of one style, drawn in the text's colour. They are decoration: what they mean stands in text beside. */
const paths = {
  back: 'M15 5l-7 7 7 7',
  onwards: 'M9 5l7 7-7 7',
  settings:
    'M10.4 3H13.6L14.1 5.4 15.7 6.1 17.7 4.7 19.3 6.3 17.9 8.3 18.6 9.9 21 10.4V13.6L18.6 14.1 17.9 15.7 19.3 17.7 17.7 19.3 15.7 17.9 14.1 18.6 13.6 21H10.4L9.9 18.6 8.3 17.9 6.3 19.3 4.7 17.7 6.1 15.7 5.4 14.1 3 13.6V10.4L5.4 9.9 6.1 8.3 4.7 6.3 6.3 4.7 8.3 6.1 9.9 5.4zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  compass: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM15.5 8.5l-2.2 4.8-4.8 2.2 2.2-4.8z',
  hash: 'M9.5 4L7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.5 16.5L21 21',
  send: 'M4 12l16-8-5 16-3.5-6.5L4 12zM11.5 13.5L20 4',
  leave: 'M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 8l4 4-4 4M19 12H9',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M12 5v14M6 13l6 6 6-6',
  fold: 'M7 10l5 5 5-5',
  up: 'M12 19V5M6 11l6-6 6 6',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 1.5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  checks: 'M2.5 12.5L7 17l9-9.5M11.5 16l1 1 9-9.5',
  read: 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19zM7.5 12.5l3 3 6-6.5',
  shield: 'M12 3.5l7 2.5v5.5c0 4.2-2.8 7.4-7 9-4.2-1.6-7-4.8-7-9V6l7-2.5z',
  verified: 'M12 3.5l7 2.5v5.5c0 4.2-2.8 7.4-7 9-4.2-1.6-7-4.8-7-9V6l7-2.5zM8.8 12l2.3 2.3 4.2-4.6',
  alert: 'M12 4l9 16H3l9-16zM12 10v4M12 17v.5',
  info: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 7.5v.5',
  broadcast: 'M4 10v4h3l7 4V6L7 10H4zM17.5 9a4 4 0 0 1 0 6',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  unplugged: 'M4 4l16 16M8.5 8.5A5 5 0 0 0 12 17h0M12 17v3M10 4v3M14 4v3M8 7h8v3a4 4 0 0 1-.5 2',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12.5L20 4M16.5 7.5l3 3',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  bell: 'M12 4a5 5 0 0 0-5 5v3.5L5.5 16h13L17 12.5V9a5 5 0 0 0-5-5zM10 19a2 2 0 0 0 4 0',
  bellOff: 'M8 6a5 5 0 0 1 9 3v3.5l1 2.5M15 16H5.5L7 12.5V9M10 19a2 2 0 0 0 4 0M4 4l16 16',
  contrast: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 4v16M12 8h6.5M12 12h8M12 16h6.5',
  keyboard: 'M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8 14h8',
  laptop: 'M5 5h14v10H5zM2.5 19h19',
  next: 'M5 12h14M13 6l6 6-6 6',
  message: 'M4 5h16v11H10l-4 4v-4H4z',
  star: 'M12 4l2.5 5.1 5.5.8-4 3.9 1 5.6-5-2.7-5 2.7 1-5.6-4-3.9 5.5-.8z',
  members:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20a6.5 6.5 0 0 1 13 0M16 5.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  reply: 'M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7',
  trash: 'M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10.5 11v5.5M13.5 11v5.5',
  pin: 'M9 4h6l-.5 6 3.5 3.5H6L9.5 10zM12 13.5V21',
  unread: 'M4 6h11M4 6v12h16v-8M4 6l8 7 3-2.5M19 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  more: 'M6 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6zM12 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6zM18 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6z',
  smileAdd: 'M19.5 10.5A8 8 0 1 1 12.5 4M8.5 14c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2M9 9.5v.5M14.5 9.5v.5M19 2.5v5M16.5 5h5',
  connected: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM8.5 12.5l2.5 2.5 4.5-5.5',
  smile: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM8.5 14a4 4 0 0 0 7 0M9.25 9.5v.75M14.75 9.5v.75',
  format: 'M3 18l5-12 5 12M4.8 14h6.4M21 12.5v5.5M21 15.2a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0z',
  bold: 'M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z',
  italic: 'M10 5h8M6 19h8M14.5 5l-5 14',
  strike:
    'M4 12h16M16.5 8A4 3.5 0 0 0 12 5.5c-2.5 0-4.5 1.2-4.5 3.2M7.5 16c.6 1.6 2.3 2.5 4.5 2.5 2.7 0 4.8-1.2 4.8-3.5',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  codeBlock: 'M4 5h16v14H4zM10 9.5L7.5 12l2.5 2.5M14 9.5l2.5 2.5-2.5 2.5',
  quote: 'M5 6v12M9 8h10M9 12h10M9 16h6',
  list: 'M9 7h11M9 12h11M9 17h11M4.5 7v.1M4.5 12v.1M4.5 17v.1',
  link: 'M10 14a4 4 0 0 0 6 .4l2.8-2.8a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-6-.4l-2.8 2.8a4 4 0 0 0 5.7 5.7l1.3-1.3',
  attach:
    'M19 11.5l-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.7-7.7a3.1 3.1 0 0 1 4.4 4.4L9.8 16.5a1.5 1.5 0 0 1-2.1-2.1l6.8-6.8',
  mic: 'M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  camera: 'M4 7.5h3.5L9 5h6l1.5 2.5H20V19H4zM12 9.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  pen: 'M4 20l1-4L16 5l3 3L8 19z',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  image: 'M4 5h16v14H4zM8.5 8a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM4 17l5-5 3.5 3.5L15.5 12l4.5 5',
  film: 'M3.5 6h11v12h-11zM14.5 10.5l6-3v9l-6-3',
  sound: 'M9 18V6l10-2v12M6.5 15.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM16.5 13.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  document: 'M6 3h8l5 5v13H6zM14 3v5h5M9 12.5h7M9 16h7',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  again: 'M19 6v5h-5M18.5 11A7 7 0 1 0 19 14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  storage: 'M5 6c0-3 14-3 14 0v12c0 3-14 3-14 0zM5 6c0 3 14 3 14 0M5 12c0 3 14 3 14 0',
} as const;

export type IconName = keyof typeof paths;

/** What points the way of the text, and turns with it. */
const directional: ReadonlySet<string> = new Set([
  'back',
  'send',
  'leave',
  'broadcast',
  'reply',
  'forward',
  'next',
  'onwards',
]);

export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  const classes = `icon${small ? ' icon-small' : ''}${directional.has(name) ? ' icon-directional' : ''}`;
  return (
    <svg class={classes} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
