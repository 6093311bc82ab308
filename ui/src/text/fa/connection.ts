/** How others reach this peer, and what the doctor finds, in Persian. */
export const connection = {
  'connection.reach_label': 'راه دسترسی دیگران به شما',
  'connection.reach_open': 'مستقیم: دیگران می‌توانند به این رایانه وصل شوند.',
  'connection.reach_lan': 'مستقیم، از شبکهٔ خودتان.',
  'connection.reach_hard':
    'از راه ردیاب: مسیریاب شما برای هر کس درگاه تازه‌ای به کار می‌برد. گفتگو کار می‌کند؛ پرونده‌ها کندترند. برای دسترسی مستقیم، درگاه را در مسیریاب بازهدایت کنید.',
  'connection.reach_behind':
    'از راه ردیاب یا روزنه‌ای در مسیریاب: از بیرون کسی راه ندارد. گفتگو کار می‌کند؛ پرونده‌ها شاید کندتر باشند.',
  'connection.reach_hidden': 'تنها از راه ردیاب: نشانی خود را پنهان می‌کنید (تنظیمات، حریم خصوصی).',
  'connection.reach_unknown': 'هنوز دانسته نیست.',
  'connection.reach_seen_at': 'نشانی از دید بیرون',
  'connection.mapping_label': 'مسیریاب شما',
  'connection.mapping_mapped': 'دیگران را راه می‌دهد ({{by}})، در نشانی',
  'connection.mapping_behind':
    'دیگران را راه می‌داد، ولی مسیریاب دیگری پیش از آن است، بیشتر از آنِ شرکت اینترنت. راه ردیاب یا IPv6 از آن می‌گذرد.',
  'connection.mapping_refused': 'پاسخ می‌دهد، ولی کسی را راه نمی‌دهد. UPnP یا NAT-PMP را در تنظیماتش روشن کنید.',
  'connection.mapping_unanswered':
    'نمی‌گوید که می‌تواند دیگران را راه دهد. اگر UPnP یا NAT-PMP دارد، در تنظیماتش روشن کنید.',
  'connection.mapping_asking': 'از آن خواسته می‌شود دیگران را راه دهد …',
  'connection.mapping_unneeded': 'از آن چیزی خواسته نمی‌شود: اینجا لازم نیست.',
  'connection.mapping_off': 'از آن خواسته نمی‌شود دیگران را راه دهد.',
  'connection.reach_direct_one': '{{count}} پیوند مستقیم',
  'connection.reach_direct_other': '{{count}} پیوند مستقیم',
  'connection.reach_relayed_one': '{{count}} از راه ردیاب',
  'connection.reach_relayed_other': '{{count}} از راه ردیاب',

  'connection.doctor_title': 'بررسی اتصال',
  'connection.doctor_hint':
    'می‌جوید چه چیزی شما را از دیگران دور می‌دارد و می‌گوید چه باید کرد. حداکثر ده ثانیه طول می‌کشد.',
  'connection.doctor_start': 'بررسی اتصال',
  'connection.doctor_running': 'در حال بررسی …',
  'connection.doctor_again': 'بررسی دوباره',
  'connection.doctor_why': 'چرا؟',
  'connection.doctor_why_label': 'بررسی اتصال به {{username}}',
  'connection.doctor_progress': 'پیشرفت بررسی',
  'connection.doctor_failed': 'بررسی انجام نشد. کمی بعد دوباره امتحان کنید.',
  'connection.doctor_copy': 'رونوشت گزارش',
  'connection.doctor_copied': 'گزارش رونوشت شد. نام، نشانی یا پیامی در آن نیست.',
  'connection.doctor_not_copied': 'گزارش رونوشت نشد. به این صفحه اجازه دهید از بریده‌دان استفاده کند.',
  'connection.doctor_fine': 'همه چیز کار می‌کند.',
  'connection.doctor_unsure': 'ایرادی پیدا نشد، ولی همه چیز را نمی‌شد دید.',
  'connection.doctor_no_network': 'این رایانه شبکه ندارد. کابل را وصل کنید یا به وای‌فای بپیوندید.',
  'connection.doctor_no_route':
    'شبکه راهی به بیرون ندارد: مسیریاب به این رایانه دروازه‌ای نداده است. دوباره وصل شوید یا مسیریاب را از نو راه بیندازید.',
  'connection.doctor_dns_silent':
    'نام‌ها پیدا نمی‌شوند. کارساز DNS این رایانه را بررسی کنید، یا نشانی عددی ردیاب را بدهید.',
  'connection.doctor_name_unknown': 'میزبانی به نام «{{host}}» نیست. نشانی ردیاب را برای غلط تایپی بررسی کنید.',
  'connection.doctor_tracker_silent':
    'ردیاب در {{host}} درگاه {{port}} پاسخ نمی‌دهد: خاموش است یا گیر کرده، یا دیوار آتش آن درگاه را می‌بندد. از گرداننده‌اش بپرسید.',
  'connection.doctor_tracker_down':
    'رایانهٔ {{host}} هست، ولی ردیابی روی درگاه {{port}} کار نمی‌کند. آن را آنجا راه بیندازید، یا درگاه را بررسی کنید.',
  'connection.doctor_not_a_tracker': 'در {{host}} درگاه {{port}} چیز دیگری جز ردیاب پاسخ می‌دهد. نشانی را بررسی کنید.',
  'connection.doctor_portal': 'این شبکه اول ورود می‌خواهد. مرورگری باز کنید، آنجا وارد شوید، سپس دوباره بررسی کنید.',
  'connection.doctor_tracker_tls':
    'اتصال امن به {{host}} برقرار نمی‌شود ({{why}}). http یا https در نشانی، و گواهی ردیاب را بررسی کنید.',
  'connection.doctor_ca_changed':
    'این ردیابی نیست که می‌شناسید: مرجع گواهی دیگری نشان می‌دهد. اگر از نو برپا شده، آنجا که اعلان می‌گوید بپذیریدش.',
  'connection.doctor_clock_wrong':
    'ساعت این رایانه {{minutes}} دقیقه با ساعت ردیاب فرق دارد. بگذارید خودکار تنظیم شود.',
  'connection.doctor_signed_out': 'در ردیاب از حساب خارج شده‌اید. با گذرواژه وارد شوید.',
  'connection.doctor_device_revoked': 'این دستگاه باطل شده است. Parley را با پوشهٔ دادهٔ تازه راه بیندازید.',
  'connection.doctor_account_disabled':
    'یکی از مدیران ردیاب حساب شما را غیرفعال کرده است. از یکی از آن‌ها بخواهید دوباره فعالش کند.',
  'connection.doctor_account_pending': 'حساب شما منتظر تأیید یکی از مدیران ردیاب است. از یکی از آن‌ها بخواهید.',
  'connection.doctor_events_blocked':
    'چیزی در راه اتصال‌های زنده (WebSocket) را می‌بندد، اغلب یک پراکسی. از https استفاده کنید، یا بخواهید «/events» را راه بدهند.',
  'connection.doctor_loopback_only':
    'همتای شما تنها به همین رایانه گوش می‌دهد و کس دیگری به آن نمی‌رسد. آن را با --host 0.0.0.0 راه بیندازید.',
  'connection.doctor_firewall_here':
    'دیوار آتشی روی این رایانه یا در مسیریاب درگاه TCP {{port}} را می‌بندد. آن را اجازه دهید.',
  'connection.doctor_nat_no_mapping':
    'مسیریاب شما کسی را راه نمی‌دهد؛ دیگران از راه ردیاب به شما می‌رسند. UPnP را در مسیریاب روشن کنید، یا درگاه TCP {{port}} را به {{address}} بازهدایت کنید.',
  'connection.doctor_wrong_forward':
    'مسیریاب شما درگاه TCP {{port}} را به رایانه یا برنامهٔ دیگری بازهدایت می‌کند. آن را به {{address}} بازهدایت کنید.',
  'connection.doctor_double_nat':
    'پیش از مسیریاب شما مسیریاب دیگری است، بیشتر از آنِ شرکت اینترنت. بازهدایت درگاه کمکی نمی‌کند؛ دیگران از راه ردیاب یا IPv6 به شما می‌رسند.',
  'connection.doctor_hard_nat':
    'مسیریاب شما برای هر کس درگاه تازه‌ای به کار می‌برد (NAT متقارن)، پس پیوند مستقیم تنها با کسانی می‌شود که بتوان به آنها وصل شد. درگاه TCP {{port}} را به {{address}} بازهدایت کنید.',
  'connection.doctor_big_packets_lost':
    'بسته‌های بزرگ در راه گم می‌شوند، اغلب در VPN. ‏MTU (اندازهٔ بسته) آن را 1280 کنید.',
  'connection.doctor_relay_off':
    'ردیاب برای کسی بازپخش نمی‌کند، پس به کسی که نتوان به او وصل شد نمی‌رسید. از گرداننده‌اش بپرسید.',
  'connection.doctor_relay_full':
    'بازپخش دیگر جا ندارد، پس اکنون به کسی که نتوان به او وصل شد نمی‌رسید. دوباره امتحان می‌شود؛ اگر ادامه یافت، از گردانندهٔ ردیاب بپرسید.',
  'connection.doctor_peer_hangs':
    'همتای شما در حال اجراست ولی پاسخ نمی‌دهد. آن را ببندید و دوباره با «parley peer» آغاز کنید.',
  'connection.doctor_not_running': 'همتایی برای این نمایه اینجا کار نمی‌کند. با «parley peer» راهش بیندازید.',
  'connection.doctor_they_are_unknown': 'کسی با این نام اینجا شناخته نیست. املای آن را بررسی کنید.',
  'connection.doctor_they_are_away': 'آنلاین نیستند. آنچه می‌نویسید وقتی آنلاین شوند می‌رسد.',
  'connection.doctor_they_have_no_peer':
    'آنلاین‌اند، ولی همتایی از خود ندارند. آنچه می‌نویسید وقتی همتایی آغاز کنند می‌رسد.',
  'connection.doctor_they_do_not_come':
    'آنلاین است، ولی همتای او به بازپخش نمی‌آید: شاید از کار مانده یا رایانه‌اش خواب است. بخواهید بیدارش کند یا Parley را از نو آغاز کند.',
  'connection.doctor_they_are_relayed':
    'پیوندتان از راه ردیاب می‌گذرد، چون هیچ‌یک از شما از بیرون راه نمی‌دهد. آنجا کسی نمی‌تواند آن را بخواند. همین که یکی از شما از بیرون در دسترس باشد، خودش مستقیم می‌شود.',
  'connection.doctor_address_hidden':
    'نشانی خود را پنهان می‌کنید، پس همهٔ پیوندهایتان از راه ردیاب می‌گذرد. آنجا کسی نمی‌تواند آن‌ها را بخواند. برای پیوند مستقیم آن را در تنظیمات (حریم خصوصی) خاموش کنید.',
  'connection.doctor_they_hide':
    'نشانی خود را پنهان می‌کنند، پس پیوندتان از راه ردیاب می‌گذرد. آنجا کسی نمی‌تواند آن را بخواند.',
  'connection.doctor_they_are_shut_in':
    'پیوندتان از راه ردیاب می‌گذرد: شما در دسترسید، ولی شبکهٔ آنها جز این چندان راهی به بیرون نمی‌دهد. آنجا کسی نمی‌تواند آن را بخواند. از آنها بخواهید شبکهٔ دیگری را امتحان کنند.',
  'connection.doctor_they_are_not_linked':
    'آنلاین‌اند، ولی هنوز راهی به آنها پیدا نشده. بخواهید آنها هم اتصالشان را بررسی کنند.',
  'connection.step_network': 'شبکهٔ این رایانه',
  'connection.step_names': 'نام ردیاب',
  'connection.step_connection': 'راه رسیدن به ردیاب',
  'connection.step_tracker': 'پاسخ ردیاب',
  'connection.step_large packets': 'بسته‌های بزرگ',
  'connection.step_clock': 'ساعت‌ها',
  'connection.step_authority': 'گواهی ردیاب',
  'connection.step_session': 'نشست شما در ردیاب',
  'connection.step_live events': 'اتصال زنده',
  'connection.step_peer': 'همتای شما',
  'connection.step_port': 'درگاه آن',
  'connection.step_reach': 'راه ورود از بیرون',
  'connection.step_person': 'پیوند با این شخص',
};
