/** The user's devices, and what they bring to each other, in Vietnamese. */
export const devices = {
  'devices.title': 'Thiết bị của bạn',
  'devices.hint':
    'Mỗi máy tính mà bạn đã đăng nhập là một thiết bị có khóa riêng. Chỉ bạn và quản trị viên của nhóm thấy tên của chúng. Hãy thu hồi thiết bị đã mất hoặc không dùng nữa.',
  'devices.asking': 'Đang tra các thiết bị của bạn…',
  'devices.retry': 'Thử lại',
  'devices.this': 'Thiết bị này',
  'devices.unnamed': 'Thiết bị chưa có tên',
  'devices.since': 'từ {{date}}',
  'devices.used': 'dùng lần cuối {{ago}}',
  'devices.used_now': 'đang dùng',
  'devices.rename': 'Đổi tên',
  'devices.rename_named': 'Đổi tên thiết bị {{device}}',
  'devices.rename_ask': 'Đổi tên thiết bị {{device}}',
  'devices.name': 'Tên thiết bị',
  'devices.name_hint':
    'Để bạn phân biệt nó với các thiết bị khác: “Laptop của Lena”. Người bạn nhắn tin không thấy tên này.',
  'devices.name_empty': 'Hãy nhập một tên nhìn thấy được.',
  'devices.revoked': 'Đã thu hồi',
  'devices.revoked_on': 'ngày {{date}}',
  'devices.revoke': 'Thu hồi',
  'devices.revoke_named': 'Thu hồi thiết bị {{device}}',
  'devices.revoke_ask': 'Thu hồi thiết bị {{device}}?',
  'devices.follows_cut':
    'Từ nay những người khác từ chối nó: nó viết gì cũng không đến được họ, và nó không nhận được gì mới.',
  'devices.follows_old': 'Những gì nó đã viết và những gì lưu trên nó vẫn còn.',
  'devices.follows_number': 'Mã số an toàn của bạn thay đổi: ai đã xác minh bạn sẽ được nhắc so lại.',
  'devices.follows_ever': 'Việc này không thể hoàn tác.',
  'devices.follows_password': 'Nếu thiết bị bị mất hoặc bị lấy cắp, hãy đổi cả mật khẩu.',
  'devices.revoke_not': 'Giữ lại',
  'devices.revoke_do': 'Thu hồi vĩnh viễn',

  'devices.history_label': 'Tin nhắn từ thiết bị khác của bạn',
  'devices.history_coming': 'Đang lấy tin nhắn của bạn từ {{device}}: {{held}} trên {{total}}.',
  'devices.history_coming_unnamed': 'Đang lấy tin nhắn từ thiết bị khác của bạn: {{held}} trên {{total}}.',
  'devices.history_waiting':
    'Đã có {{held}} trên {{total}} tin nhắn. Phần còn lại sẽ đến khi {{device}} trực tuyến trở lại.',
  'devices.history_waiting_unnamed':
    'Đã có {{held}} trên {{total}} tin nhắn. Phần còn lại sẽ đến khi thiết bị khác của bạn trực tuyến trở lại.',
} as const;
