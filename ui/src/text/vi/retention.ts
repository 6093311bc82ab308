export const retention = {
  'retention.title': 'Tin nhắn được giữ ở đây bao lâu',
  'retention.label': 'Giữ tin nhắn trên máy này',
  'retention.label_here': 'Giữ tin nhắn của cuộc trò chuyện này trên máy này',
  'retention.always': 'Mãi mãi',
  'retention.days_other': 'Trong {{count}} ngày',
  'retention.default': 'Theo cài đặt ({{choice}})',
  'retention.hint':
    'Tin cũ hơn sẽ bị xóa khỏi máy này, cùng với tệp của chúng. Người khác vẫn giữ phần của họ, và các thiết bị khác của bạn cũng vậy. Tin đã ghim, tệp bạn giữ, ghi chú cho riêng bạn và những gì người khác chưa nhận được thì ở lại.',
  'retention.ask_other': 'Xóa khỏi máy này những tin nhắn cũ hơn {{count}} ngày?',
  'retention.ask_what':
    'Việc xóa bắt đầu sau giây lát và tiếp tục mỗi ngày. Những gì đã xóa không lấy lại được: hãy xuất dữ liệu của bạn trước nếu có thể cần đến.',
  'retention.ask_others':
    'Không có gì bị xóa ở nơi khác. Ai tham gia sau chỉ nhận được những tin này từ những người khác còn giữ chúng.',
  'retention.confirm': 'Xóa chúng',
  'retention.cancel': 'Hủy',
} as const;
