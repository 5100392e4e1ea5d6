/** One line of the Online Retail II file, as parsed: strings trimmed, money in integer pence. */
export interface RetailLine {
  /** 1 is the first line below the header. */
  fileLine: number
  /** The file joins two yearly sheets; the second begins where time jumps back. */
  sheet: number
  /** Six digits; `C` in front marks a cancellation, `A` an adjustment of the books. */
  invoice: string
  /** Upper case: 173 codes come in both cases for one article. */
  stockCode: string
  description: string
  quantity: number
  /** Seconds since 1970 of the naive time in the file, read as UTC; small enough to stay an unboxed integer. */
  atSeconds: number
  pricePence: number
  /** Five digits, or null: about a quarter of the lines name no customer. */
  customerId: string | null
  country: string
}
