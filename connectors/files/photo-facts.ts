import sharp from 'sharp'
import { toGcj02 } from '../../domain/datum.ts'
import type { Point } from '../../domain/division.ts'
import { type Exif, readExif } from './exif.ts'

/** What a photograph says of itself. Whoever wants to can write anything there: it is evidence, not proof. */
export type PhotoFacts = {
  takenAt: Date | null
  /** In GCJ-02. */
  place: Point | null
}

const NOTHING: PhotoFacts = { takenAt: null, place: null }

/**
 * Reads when and where a photograph was taken from its Exif part (CIPA DC-008), before it is drawn anew and has none any more.
 * A picture without, with a broken one, or with values that cannot be, says nothing; that is never a reason to refuse it.
 *
 * @param nowMs what was taken later, in ms since the epoch, was not taken then
 */
export async function readPhotoFacts(file: Buffer, nowMs: number): Promise<PhotoFacts> {
  const exif = await exifOf(file)
  return exif === null ? NOTHING : { takenAt: takenAtOf(exif, nowMs), place: placeOf(exif) }
}

async function exifOf(file: Buffer): Promise<Exif | null> {
  try {
    // The header only; the picture is not decoded.
    const { exif } = await sharp(file, { limitInputPixels: false }).metadata()
    return exif ? readExif(exif) : null
  } catch {
    // Whether the picture itself can be read is found by whoever decodes it.
    return null
  }
}

/** Cameras without a word about their zone are China's: the telephone is where the inspector is. */
const CHINA_OFFSET_MINUTES = 480
/** Nobody photographed anything for an order before. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
/** So much a clock may be ahead, or its zone be another one than it says. */
const MOST_AHEAD_MS = 24 * 3_600_000

function takenAtOf(exif: Exif, nowMs: number): Date | null {
  const times = [satelliteMs(exif), cameraMs(exif)]
  const possible = times.find((ms) => ms !== null && ms >= EARLIEST_MS && ms <= nowMs + MOST_AHEAD_MS)
  return possible === undefined || possible === null ? null : new Date(possible)
}

function satelliteMs({ satelliteDate, satelliteTime }: Exif): number | null {
  const [hours, minutes, seconds] = satelliteTime ?? []
  if (hours === undefined || minutes === undefined || seconds === undefined) return null
  const time = [hours, minutes, Math.floor(seconds)].map((part) => String(part).padStart(2, '0'))
  return utcMs(`${satelliteDate} ${time.join(':')}`)
}

/** By the camera's own clock, less the zone that it says it is in. */
function cameraMs({ cameraTime, cameraOffset }: Exif): number | null {
  const ms = utcMs(cameraTime ?? '')
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(cameraOffset ?? '') ?? []
  const said = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  return ms === null ? null : ms - (sign === undefined ? CHINA_OFFSET_MINUTES : said) * 60_000
}

/** `2026:11:28 10:30:00` as ms since the epoch. Null for a day or an hour that there is not. */
function utcMs(text: string): number | null {
  if (!/^\d{4}:\d\d:\d\d \d\d:\d\d:\d\d$/.test(text)) return null
  const iso = `${text.slice(0, 10).replaceAll(':', '-')}T${text.slice(11)}.000Z`
  const time = new Date(iso)
  // The 30th of February would be some day of March.
  return Number.isNaN(time.getTime()) || time.toISOString() !== iso ? null : time.getTime()
}

function placeOf(exif: Exif): Point | null {
  const latitude = degreesOf(exif.latitude, exif.latitudeSide, ['N', 'S'], 90)
  const longitude = degreesOf(exif.longitude, exif.longitudeSide, ['E', 'W'], 180)
  if (latitude === null || longitude === null) return null
  // What a receiver without a fix writes.
  if (latitude === 0 && longitude === 0) return null
  return toGcj02({ latitude, longitude })
}

function degreesOf(
  parts: number[] | null,
  side: string | null,
  [positive, negative]: [string, string],
  most: number,
): number | null {
  const [degrees, minutes, seconds] = parts ?? []
  if (degrees === undefined || minutes === undefined || seconds === undefined) return null
  if (side !== positive && side !== negative) return null
  const size = degrees + minutes / 60 + seconds / 3_600
  if (size > most) return null
  return side === negative ? -size : size
}
