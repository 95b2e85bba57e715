import { Chalk, type ChalkInstance } from 'chalk'

/** Chalk that obeys `Io.color` and not the environment of the process. */
export function paint(color: boolean): ChalkInstance {
  return new Chalk({ level: color ? 1 : 0 })
}
