import type { Io } from '../io.ts'
import { type ErrorReport, errorReport } from './error-report.ts'
import { renderJson } from './json.ts'
import { paint } from './paint.ts'

/** Renders the error that ended a command. */
export function renderError(
  error: unknown,
  { color, errColor = color, debug = false }: Pick<Io, 'color' | 'errColor' | 'debug'>,
): string {
  const c = paint(errColor)
  const { code, summary, details, hint, more = [] } = errorReport(error, { debug })
  const lines = [
    `${c.red('✖')} ${summary}  ${c.dim(code)}`,
    ...details,
    ...(hint === undefined ? [] : [`${c.dim('next')} ${hint}`]),
    ...more,
  ]
  return `${lines.join('\n  ')}\n`
}

/** @param result the part of the work that was done before the error */
export function renderErrorJson(
  { code, summary, details, hint, more = [] }: ErrorReport,
  result: object = {},
): string {
  return renderJson({
    ...result,
    error: {
      code,
      message: [summary, ...details].join('\n'),
      ...(hint !== undefined && { hint: [hint, ...more].join('\n') }),
    },
  })
}
