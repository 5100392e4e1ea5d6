const FORMAT = new Intl.NumberFormat('zh-CN', {
  style: 'currency',
  currency: 'CNY',
  currencyDisplay: 'narrowSymbol',
})

/** Integer cents as ¥1,234.50; the minus stands before the sign of the currency. */
export function formatCents(cents: number): string {
  return FORMAT.format(cents / 100)
}

/** A difference, with its sign also where it is more: +¥5.00, -¥20.00, ¥0.00. */
export function formatDifference(cents: number): string {
  return cents > 0 ? `+${formatCents(cents)}` : formatCents(cents)
}
