/** What the story of an order is made of. */
export const STORY_KINDS = [
  'log',
  'stock',
  'message',
  'delivery',
  'tracking',
  'work_item',
  'notification',
  'inspection',
  'change_request',
] as const
export type StoryKind = (typeof STORY_KINDS)[number]
