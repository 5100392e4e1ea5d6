/** A share of 0 to 1 as percent with one decimal: 98.5%. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}

/** Points more or less, with their sign: +1.2, -0.4, 0.0. */
export function formatPoints(points: number): string {
  const text = points.toFixed(1)
  return points > 0 && text !== '0.0' ? `+${text}` : text
}
