/** Being told of messages: rules of a conversation, the browser's permission, what is shown and heard. */
export const notifications = {
  'notifications.title': 'Thông báo',
  'notifications.menu': 'Thông báo: {{rule}}',
  'notifications.rules': 'Bạn được thông báo về điều gì',
  'notifications.channels': 'Trong các kênh',
  'notifications.exceptions': 'Một kênh có thể khác: nhấn cái chuông ở đầu kênh.',
  'notifications.calls': '@here và @all thông báo cho tôi',
  'notifications.calls_hint': 'Ai đó gọi mọi người trong kênh, hoặc những người đang có mặt.',
  'notifications.words': 'Những từ thông báo cho tôi',
  'notifications.words_hint':
    'Cách nhau bằng dấu phẩy: phát hành, dự án của tôi. Chúng được tính như khi nhắc đến bạn.',
  'notifications.words_many': 'Tối đa {{max}} từ. Hãy bớt đi.',
  'notifications.word_long': 'Mỗi từ có tối đa {{max}} ký tự. Hãy rút ngắn.',
  'notifications.quiet': 'Giờ yên tĩnh',
  'notifications.quiet_hint': 'Không có thông báo trong những giờ này. Tin nhắn vẫn đến như thường.',
  'notifications.quiet_zone':
    'Không có thông báo trong những giờ này, theo đồng hồ ở {{zone}}. Tin nhắn vẫn đến như thường.',
  'notifications.quiet_from': 'Từ',
  'notifications.quiet_to': 'đến',
  'notifications.quiet_days': 'Những ngày bắt đầu giờ yên tĩnh',
  'notifications.menu_default': 'Như mọi kênh',
  'notifications.menu_default_hint': 'Quy tắc trong Cài đặt, mục Thông báo.',
  'notifications.menu_all': 'Mọi tin nhắn',
  'notifications.menu_all_hint': 'Bạn được báo về mọi tin nhắn.',
  'notifications.menu_mentions': 'Chỉ khi nhắc đến bạn',
  'notifications.menu_mentions_hint': 'Bạn được báo về @{{username}}, @here, @all và những từ của bạn.',
  'notifications.menu_none': 'Không báo gì',
  'notifications.menu_none_hint': 'Đã tắt tiếng: không có thông báo và không tính vào số trên tiêu đề.',

  'notifications.ask': 'Nhận thông báo về tin nhắn mới khi bạn đang làm việc khác?',
  'notifications.ask_do': 'Nhận thông báo',
  'notifications.ask_not': 'Để sau',

  'notifications.wanted': 'Hiện thông báo trên trình duyệt này',
  'notifications.wanted_hint': 'Khi cửa sổ này bị che khuất hoặc đang mở cuộc trò chuyện khác.',
  'notifications.permission_default': 'Trình duyệt sẽ hỏi bạn một lần. Hãy chọn “Cho phép”.',
  'notifications.permission_denied':
    'Trình duyệt đang chặn thông báo của Parley. Để cho phép, hãy bấm biểu tượng bên trái thanh địa chỉ, đặt “Thông báo” thành “Cho phép”, rồi tải lại trang này.',
  'notifications.permission_unsupported':
    'Trình duyệt này không hiện thông báo cho địa chỉ này. Hãy mở Parley tại http://localhost trên chính máy đang chạy nó.',
  'notifications.sound': 'Phát một âm thanh ngắn kèm theo',
  'notifications.test': 'Hiện thử một thông báo',
  'notifications.test_text': 'Tin nhắn mới sẽ hiện ra như thế này.',
  'notifications.rules_hint':
    'Mỗi cuộc trò chuyện có quy tắc riêng: bấm vào chiếc chuông ở đầu cuộc trò chuyện. Không có thông báo nào khi bạn đang bận hoặc đã yêu cầu yên tĩnh.',

  'notifications.in_channel': '{{username}} trong #{{channel}}',
  'notifications.several': '{{title}} ({{count}})',
  'notifications.reload': 'Tải lại',
} as const;
