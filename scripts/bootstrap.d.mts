interface LockFile {
  packages?: Record<string, { version?: string; optional?: boolean; devOptional?: boolean }>
}

export function nodeIsNewEnough(version: string): boolean
export function lockStamp(lockText: string): string
export function installedMatches(lock: LockFile, installed: LockFile): boolean
export function run(name: string, args?: string[]): Promise<void>
