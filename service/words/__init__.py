"""What people read: sentences for codes, and the texts of messages and letters, in Chinese and English. The domain
yields codes and figures; only here do they become words, and only at the edge."""
