/** As large as the API takes a part. */
const PART_BYTES = 1_024 * 1_024

/** The parts that so many bytes are sent in, from 1 on. */
export function partNumbers(bytes: number): number[] {
  return Array.from({ length: Math.max(1, Math.ceil(bytes / PART_BYTES)) }, (_, index) => index + 1)
}

/** One of them; the last one is what is left. */
export function partOf(bytes: ArrayBuffer, part: number): ArrayBuffer {
  return bytes.slice((part - 1) * PART_BYTES, part * PART_BYTES)
}
