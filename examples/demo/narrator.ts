import { Chalk } from 'chalk'

const chalk = new Chalk({ level: process.stdout.isTTY && !process.env.NO_COLOR ? 1 : 0 })

/** Opens a part of the story. */
export function chapter(title: string): void {
  say(`${chalk.bold.cyan(`━━ ${title}`)}\n`)
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function showCommand(command: string): void {
  say(`${chalk.green('$')} ${chalk.bold(command)}`)
}

export function showExit(code: number): void {
  say(`${chalk.dim(`exit ${code}`)}\n`)
}

/** Prints an action and its result. */
export function showResult(who: string, what: string): void {
  say(`  ${chalk.cyan(who.padEnd(9))}${what}`)
}
