/** How long a work item has waited: a day or more; an hour or more, and less than a day; less than an hour. */
export const WORK_ITEM_AGES = ['overDay', 'underDay', 'underHour'] as const
export type WorkItemAge = (typeof WORK_ITEM_AGES)[number]
