export const timeline = {
  'timeline.link': 'Tin nhắn',
  'timeline.link_opening': 'Đang tìm tin nhắn…',
  'timeline.link_failed': 'Không thể hiển thị tin nhắn này',
  'timeline.link_unknown':
    'Tin nhắn chưa có trên thiết bị này. Hãy để Parley mở cho đến khi đồng bộ xong với những người khác rồi mở lại liên kết. Liên kết đến cuộc trò chuyện riêng chỉ mở được với người trong cuộc.',
  'timeline.link_left':
    'Tin nhắn nằm trong {{place}}, nơi bạn không phải là thành viên. Hãy tham gia rồi mở lại liên kết.',
  'timeline.link_back': 'Quay lại',
  'timeline.not_here': 'Tin nhắn đó chưa có trên thiết bị này. Hãy thử lại khi những người khác đã kết nối.',
  'timeline.shown': 'Tin nhắn của {{username}}, {{time}}',

  'timeline.loading_newer': 'Đang tải tin nhắn mới hơn…',
  'timeline.failed_newer': 'Không tải được các tin nhắn mới hơn.',

  'timeline.unread_other': '{{count}} tin nhắn mới',
  'timeline.unread_since_other': '{{count}} tin nhắn mới từ {{time}}',
  'timeline.unread_go': 'Đến tin nhắn mới đầu tiên',
  'timeline.unread_read': 'Đánh dấu đã đọc',

  'timeline.joined_other': '{{names}} đã tham gia',
  'timeline.left_other': '{{names}} đã rời đi',
  'timeline.names_comma': '{{first}}, {{second}}',
  'timeline.names_more_other': '{{names}} và {{count}} người khác',
  'timeline.expand': 'Hiện tất cả',
  'timeline.collapse': 'Thu gọn',

  'timeline.pinned': '{{username}} đã ghim một tin nhắn',
  'timeline.unpinned': '{{username}} đã bỏ ghim một tin nhắn',
  'timeline.pinned_show': 'Xem',

  'timeline.heard_many': '{{count}} tin nhắn mới, gần nhất từ {{username}}',
} as const;
