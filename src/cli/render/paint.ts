import { Chalk, type ChalkInstance } from 'chalk'

/** Chalk that obeys `Io.color`, whatever the process it runs in looks like. */
export function paint(color: boolean): ChalkInstance {
  return new Chalk({ level: color ? 1 : 0 })
}
