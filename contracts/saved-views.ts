import { z } from 'zod'
import { instant, page, pageQuery, text } from './common.ts'

/** More than anybody finds again in a menu. */
export const MAX_SAVED_VIEWS = 50

const screen = z.string().regex(/^[a-z][a-z-]{0,39}$/, 'must be the name of a screen')
/** What stands behind the question mark of a screen's address. The screen reads it as it reads any address. */
const search = z
  .record(z.string().regex(/^[A-Za-z]{1,40}$/), z.union([z.string().max(300), z.boolean(), z.number()]))
  .refine((record) => Object.keys(record).length <= 30, 'must have at most 30 entries')

export const savedViewBody = z
  .strictObject({ screen, name: text(60), search, isShared: z.boolean().default(false) })
  .meta({ examples: [{ screen: 'orders', name: '待发货', search: { status: 'paid' }, isShared: true }] })
export type SavedViewBody = z.output<typeof savedViewBody>

export const savedViewView = z.object({
  viewId: z.uuid(),
  screen: z.string(),
  name: z.string(),
  search,
  isShared: z.boolean(),
  owner: z.string().describe('user name'),
  isMine: z.boolean(),
  createdAt: instant,
})
export type SavedViewView = z.output<typeof savedViewView>

export const listSavedViewsQuery = pageQuery.extend({ screen })
export type ListSavedViewsQuery = z.output<typeof listSavedViewsQuery>
export const savedViewPage = page(savedViewView)
/** As it is stored. */
export const storedSearch = search
