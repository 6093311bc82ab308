/** The user's devices, and what they bring to each other, in Persian. */
export const devices = {
  'devices.title': 'دستگاه‌های شما',
  'devices.hint':
    'هر همتایی که با آن وارد شده‌اید دستگاهی با کلید خودش است. هر کدام را که گم کرده‌اید یا دیگر به کار نمی‌برید باطل کنید.',
  'devices.asking': 'در حال یافتن دستگاه‌های شما…',
  'devices.retry': 'تلاش دوباره',
  'devices.this': 'این دستگاه',
  'devices.since': 'از {{date}}',
  'devices.revoked': 'باطل‌شده',
  'devices.revoked_on': 'در {{date}}',
  'devices.revoke': 'باطل کردن',
  'devices.revoke_named': 'باطل کردن دستگاه {{device}}',
  'devices.revoke_ask': 'دستگاه {{device}} باطل شود؟',
  'devices.follows_cut': 'از این پس دیگران آن را نمی‌پذیرند: نوشته‌هایش به آن‌ها نمی‌رسد و چیز تازه‌ای دریافت نمی‌کند.',
  'devices.follows_old': 'آنچه پیش‌تر نوشته و آنچه روی آن ذخیره است می‌ماند.',
  'devices.follows_number': 'شماره‌های امنیتی شما تغییر می‌کند: به هر که شما را تأیید کرده گفته می‌شود دوباره بسنجد.',
  'devices.follows_ever': 'این کار برگشت ندارد.',
  'devices.follows_password': 'اگر گم یا دزدیده شده، گذرواژهٔ خود را هم عوض کنید.',
  'devices.revoke_not': 'نگه داشتن',
  'devices.revoke_do': 'باطل کردن برای همیشه',

  'devices.history_label': 'پیام‌ها از دستگاه دیگر شما',
  'devices.history_coming': 'دریافت پیام‌های شما از {{device}}: {{held}} از {{total}}.',
  'devices.history_coming_unnamed': 'دریافت پیام‌های شما از دستگاه دیگرتان: {{held}} از {{total}}.',
  'devices.history_waiting': '{{held}} از {{total}} پیام اینجاست. بقیه وقتی {{device}} دوباره آنلاین شود می‌آید.',
  'devices.history_waiting_unnamed':
    '{{held}} از {{total}} پیام اینجاست. بقیه وقتی دستگاه دیگرتان دوباره آنلاین شود می‌آید.',
} as const;
