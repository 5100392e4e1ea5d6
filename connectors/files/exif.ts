/** What is read of the Exif part of a picture. Texts and numbers as they stand there; null: not there, or not of its type. */
export type Exif = {
  /** By the camera's own clock, `2026:11:28 10:30:00`, and its zone, `+08:00`. */
  cameraTime: string | null
  cameraOffset: string | null
  /** By the satellites, in UTC: `2026:11:28`, and hours, minutes and seconds. */
  satelliteDate: string | null
  satelliteTime: number[] | null
  /** Degrees, minutes and seconds, with the letter of their side. */
  latitude: number[] | null
  latitudeSide: string | null
  longitude: number[] | null
  longitudeSide: string | null
}

/** CIPA DC-008, 4.6: tags of the directories for the picture, for how it was taken, and for where. */
const TAGS = {
  picture: { exif: 0x8769, gps: 0x8825 },
  exif: { original: 0x9003, digitized: 0x9004, originalOffset: 0x9011, digitizedOffset: 0x9012 },
  gps: { latitudeRef: 1, latitude: 2, longitudeRef: 3, longitude: 4, timeStamp: 7, dateStamp: 29 },
} as const

/**
 * Reads those few tags, and each no further than what it can be. A general reader takes every value with as many numbers as it
 * says that it has: some kilobytes in which thousands of tags name the same bytes would cost gigabytes.
 *
 * @param bytes the Exif part, with or without the name in front of it
 */
export function readExif(bytes: Buffer): Exif | null {
  const tiff = Tiff.open(bytes)
  if (!tiff) return null
  const picture = tiff.directory(tiff.first)
  const exif = tiff.directory(tiff.pointer(picture.get(TAGS.picture.exif)))
  const gps = tiff.directory(tiff.pointer(picture.get(TAGS.picture.gps)))
  const original = tiff.text(exif.get(TAGS.exif.original))
  return {
    cameraTime: original ?? tiff.text(exif.get(TAGS.exif.digitized)),
    cameraOffset: tiff.text(exif.get(original ? TAGS.exif.originalOffset : TAGS.exif.digitizedOffset)),
    satelliteDate: tiff.text(gps.get(TAGS.gps.dateStamp)),
    satelliteTime: tiff.threeRationals(gps.get(TAGS.gps.timeStamp)),
    latitude: tiff.threeRationals(gps.get(TAGS.gps.latitude)),
    latitudeSide: tiff.text(gps.get(TAGS.gps.latitudeRef)),
    longitude: tiff.threeRationals(gps.get(TAGS.gps.longitude)),
    longitudeSide: tiff.text(gps.get(TAGS.gps.longitudeRef)),
  }
}

const NAME = Buffer.from('Exif\0\0', 'latin1')
const MAGIC = 42
const ENTRY_BYTES = 12
/** Types of values (TIFF 6.0, section 2). */
const [ASCII, LONG, RATIONAL] = [2, 4, 5]
/** The longest of the texts is a date with a time. */
const MOST_CHARACTERS = 20

type Entry = { type: number; count: number; at: number }

/** Bytes in TIFF's order: directories of entries, whose values stand in them or elsewhere. */
class Tiff {
  readonly #bytes: Buffer
  readonly #isLittleEndian: boolean

  private constructor(bytes: Buffer, isLittleEndian: boolean) {
    this.#bytes = bytes
    this.#isLittleEndian = isLittleEndian
  }

  static open(exif: Buffer): Tiff | null {
    const bytes = exif.subarray(0, NAME.length).equals(NAME) ? exif.subarray(NAME.length) : exif
    const order = bytes.toString('latin1', 0, 2)
    if (order !== 'II' && order !== 'MM') return null
    const tiff = new Tiff(bytes, order === 'II')
    return tiff.#short(2) === MAGIC ? tiff : null
  }

  /** Where the first directory is. */
  get first(): number | null {
    return this.#long(4)
  }

  /** The entries of a directory by their tags, of several with one tag the first; none where there is no directory. */
  directory(at: number | null): Map<number, Entry> {
    const entries = new Map<number, Entry>()
    const count = at === null ? 0 : (this.#short(at) ?? 0)
    for (let index = 0; at !== null && index < count; index += 1) {
      const start = at + 2 + index * ENTRY_BYTES
      const [tag, type, values] = [this.#short(start), this.#short(start + 2), this.#long(start + 4)]
      if (tag === null || type === null || values === null) break
      if (!entries.has(tag)) entries.set(tag, { type, count: values, at: start + 8 })
    }
    return entries
  }

  /** Where another directory is. */
  pointer(entry: Entry | undefined): number | null {
    return entry?.type === LONG && entry.count === 1 ? this.#long(entry.at) : null
  }

  text(entry: Entry | undefined): string | null {
    if (entry?.type !== ASCII || entry.count > MOST_CHARACTERS) return null
    const at = entry.count <= 4 ? entry.at : this.#long(entry.at)
    if (at === null || at + entry.count > this.#bytes.length) return null
    return this.#bytes.toString('latin1', at, at + entry.count).replace(/\0.*$/s, '')
  }

  /** Three fractions. What is divided by 0 is no number, so that there are none. */
  threeRationals(entry: Entry | undefined): number[] | null {
    const at = entry?.type === RATIONAL && entry.count === 3 ? this.#long(entry.at) : null
    if (at === null) return null
    const numbers = [0, 8, 16].map((offset) => {
      const [above, below] = [this.#long(at + offset), this.#long(at + offset + 4)]
      return above === null || below === null ? Number.NaN : above / below
    })
    return numbers.every(Number.isFinite) ? numbers : null
  }

  #short(at: number): number | null {
    if (at + 2 > this.#bytes.length) return null
    return this.#isLittleEndian ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at)
  }

  #long(at: number): number | null {
    if (at + 4 > this.#bytes.length) return null
    return this.#isLittleEndian ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at)
  }
}
