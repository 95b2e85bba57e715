import type { TextEffect } from './text-effect.ts'

/** The residue of the statements of a lease on its session, as far as their texts show. */
export class SessionChanges {
  /** Only the end of the connection takes it away for certain. */
  isLasting = false
  /** The session has had a temporary object, which may be gone again. */
  hadTemporary = false
  #cleansUp = false
  readonly #prepared = new Set<string>()
  readonly #channels = new Set<string>()

  /** A clean-up takes it away. */
  get needsCleanUp(): boolean {
    return this.#cleansUp || this.#prepared.size > 0 || this.#channels.size > 0
  }

  /** Commands beside those of the usual clean-up. */
  get commands(): string[] {
    return [
      ...Array.from(this.#prepared, (name) => `deallocate ${quoted(name)}`),
      ...Array.from(this.#channels, (name) => `unlisten ${quoted(name)}`),
    ]
  }

  note(effect: TextEffect): void {
    const { kind, name } = effect
    if (kind === 'prepare') this.#prepared.add(name)
    else if (kind === 'listen') this.#channels.add(name)
    else if (kind === 'deallocate') forget(this.#prepared, name)
    else if (kind === 'unlisten') forget(this.#channels, name)
    else if (kind === 'lasting' || kind === 'setting') this.isLasting = true
    else {
      this.hadTemporary ||= kind !== 'clean-up'
      this.#cleansUp ||= kind !== 'temporary until commit'
    }
  }
}

function forget(names: Set<string>, name: string | undefined): void {
  if (name === undefined) names.clear()
  else names.delete(name)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
