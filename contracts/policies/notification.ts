import { z } from 'zod'
import { NOTIFICATION_EVENTS, NOTIFICATION_FIELDS, NOTIFICATION_WAYS } from '../../domain/notification.ts'
import { channel } from '../common.ts'
import { definePolicy } from './definition.ts'

/** Far more than a merchant sells on. */
const MAX_CHANNELS = 50

/** Of an SMS template's variable; WeChat's `thing` takes 20. */
const MAX_CHARACTERS = 35

const parameter = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_.]{1,32}$/, 'must be the name of a template’s parameter'),
  field: z.enum(NOTIFICATION_FIELDS),
  maxCharacters: z.int().min(1).max(100).default(MAX_CHARACTERS),
})

const template = z
  .strictObject({
    event: z.enum(NOTIFICATION_EVENTS),
    way: z.enum(NOTIFICATION_WAYS),
    /** The provider's own id of the approved template. */
    templateId: z.string().regex(/^[\w-]{1,100}$/, 'must be a provider’s template id'),
    parameters: z.array(parameter).max(10),
    /** Said only when the event's other messages reached nobody. */
    isFallback: z.boolean().default(false),
  })
  .refine(({ parameters }) => new Set(parameters.map(({ name }) => name)).size === parameters.length, {
    path: ['parameters'],
    message: 'names a parameter twice',
  })
export type NotificationTemplate = z.output<typeof template>

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00')

const schema = z.strictObject({
  /** None: nobody is told anything. */
  templates: z
    .array(template)
    .max(NOTIFICATION_EVENTS.length * NOTIFICATION_WAYS.length)
    .refine(
      (list) => new Set(list.map(({ event, way }) => `${event}/${way}`)).size === list.length,
      'has two templates for one event and way',
    )
    .refine(
      (list) =>
        NOTIFICATION_EVENTS.every((event) => {
          const ofEvent = list.filter((each) => each.event === event)
          return ofEvent.length === 0 || ofEvent.some((each) => !each.isFallback)
        }),
      'has an event with nothing but fallbacks',
    ),
  /** Channels whose customers are told. Platforms tell their own buyers. */
  orderChannels: z.array(channel).max(MAX_CHANNELS).default(['mall']),
  /** In China's time. What falls into them is sent when they are over. */
  quietHours: z
    .strictObject({ from: timeOfDay, until: timeOfDay })
    .refine(({ from, until }) => from !== until, 'must not be the whole day')
    .nullable()
    .default({ from: '22:00', until: '08:00' }),
  /** More than so many a day and number are not sent. */
  perCustomerPerDay: z.int().min(1).max(50).default(5),
  /** What could not be sent for so long is no news any more. */
  expireAfterHours: z.int().min(1).max(168).default(48),
})

export const notification = definePolicy({
  title: { en: 'Messages to customers', zh: '客户通知' },
  schema,
  initial: schema.parse({ templates: [] }),
})
