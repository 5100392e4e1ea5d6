/** A card with buttons (`button_interaction`), in the hub's words. */
export type ButtonCard = {
  /** Unique within the app: it makes a repeated send the same card. */
  taskId: string
  title: string
  description: string
  /** A longer text in a box of its own, such as a reason. */
  quote: { title: string; text: string } | null
  /** At most six lines of name and value. */
  facts: { name: string; value: string }[]
  note: string
  buttons: { key: string; text: string; isPrimary: boolean }[]
  /** What a tap on the card opens. */
  link: string | null
}

/** What WeCom shows of each; longer texts it refuses or cuts where it likes, so that they are cut here. */
const MAX = {
  title: 36,
  description: 44,
  quoteTitle: 36,
  quoteText: 100,
  factName: 5,
  factValue: 30,
  note: 112,
  button: 10,
} as const
const MAX_FACTS = 6
const MAX_BUTTONS = 6
const TASK_ID = /^[0-9A-Za-z_@-]{1,128}$/
const OPEN_URL = 1
const CALL_BACK = 0
const BLUE = 1
const RED_TEXT = 3

/** The card as `template_card`. https://developer.work.weixin.qq.com/document/path/90236#按钮交互型 */
export function cardBody(card: ButtonCard): object {
  const { taskId, title, description, quote, facts, note, buttons, link } = card
  if (!TASK_ID.test(taskId)) throw new RangeError('a task id of WeCom has 1 to 128 of 0-9 A-Z a-z _ - @')
  if (facts.length > MAX_FACTS) throw new RangeError(`a card has at most ${MAX_FACTS} facts`)
  if (buttons.length === 0 || buttons.length > MAX_BUTTONS)
    throw new RangeError(`a card has 1 to ${MAX_BUTTONS} buttons`)
  return {
    card_type: 'button_interaction',
    source: { desc: '订单中台' },
    main_title: { title: cut(title, MAX.title), desc: cut(description, MAX.description) },
    ...(quote
      ? {
          quote_area: {
            type: CALL_BACK,
            title: cut(quote.title, MAX.quoteTitle),
            quote_text: cut(quote.text, MAX.quoteText),
          },
        }
      : {}),
    ...(note === '' ? {} : { sub_title_text: cut(note, MAX.note) }),
    horizontal_content_list: facts.map(({ name, value }) => ({
      keyname: cut(name, MAX.factName),
      value: cut(value, MAX.factValue),
    })),
    ...(link === null ? {} : { card_action: { type: OPEN_URL, url: link } }),
    task_id: taskId,
    button_list: buttons.map(({ key, text, isPrimary }) => ({
      type: CALL_BACK,
      text: cut(text, MAX.button),
      style: isPrimary ? BLUE : RED_TEXT,
      key,
    })),
  }
}

/** The text within so many characters, as a reader counts them; an ellipsis says that something is missing. */
export function cut(text: string, maxCharacters: number): string {
  const characters = [...text]
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`
}
