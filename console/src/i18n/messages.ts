import type { zhCN } from './zh-CN.ts'
import type { zhCNScreens } from './zh-CN-screens.ts'

/** The same shape with any text: what a translation must have, no more and no less. */
type Texts<Shape> = { [Key in keyof Shape]: Shape[Key] extends string ? string : Texts<Shape[Key]> }

/** Every text of the console in Chinese, by which keys are checked where they are used. */
export type ChineseMessages = typeof zhCN & typeof zhCNScreens

/** Every text of the console, in some language. */
export type Messages = Texts<ChineseMessages>
