export const timeline = {
  'timeline.link': 'پیام',
  'timeline.link_opening': 'در حال یافتن پیام…',
  'timeline.link_failed': 'این پیام را نمی‌توان نشان داد',
  'timeline.link_unknown':
    'این پیام هنوز روی این دستگاه نیست. Parley را باز بگذارید تا با دیگران هماهنگ شود، سپس پیوند را دوباره باز کنید. پیوند گفت‌وگوهای خصوصی فقط برای اعضای آن باز می‌شود.',
  'timeline.link_left': 'این پیام در {{place}} است که شما عضو آن نیستید. به آنجا بپیوندید و پیوند را دوباره باز کنید.',
  'timeline.link_back': 'بازگشت',
  'timeline.not_here': 'آن پیام هنوز روی این دستگاه نیست. وقتی دیگران متصل شدند دوباره تلاش کنید.',
  'timeline.shown': 'پیام {{username}}، {{time}}',

  'timeline.loading_newer': 'در حال بارگذاری پیام‌های تازه‌تر…',
  'timeline.failed_newer': 'پیام‌های تازه‌تر بارگذاری نشدند.',

  'timeline.unread_one': '{{count}} پیام تازه',
  'timeline.unread_other': '{{count}} پیام تازه',
  'timeline.unread_since_one': '{{count}} پیام تازه از {{time}}',
  'timeline.unread_since_other': '{{count}} پیام تازه از {{time}}',
  'timeline.unread_go': 'رفتن به نخستین پیام تازه',
  'timeline.unread_read': 'علامت‌گذاری به‌عنوان خوانده‌شده',

  'timeline.joined_one': '{{names}} پیوست',
  'timeline.joined_other': '{{names}} پیوستند',
  'timeline.left_one': '{{names}} رفت',
  'timeline.left_other': '{{names}} رفتند',
  'timeline.names_comma': '{{first}}، {{second}}',
  'timeline.names_more_one': '{{names}} و {{count}} نفر دیگر',
  'timeline.names_more_other': '{{names}} و {{count}} نفر دیگر',
  'timeline.expand': 'نمایش همه',
  'timeline.collapse': 'نمایش کمتر',

  'timeline.pinned': '{{username}} پیامی را سنجاق کرد',
  'timeline.unpinned': '{{username}} سنجاق پیامی را برداشت',
  'timeline.pinned_show': 'نمایش',

  'timeline.heard_many': '{{count}} پیام تازه، آخرین از {{username}}',
} as const;
