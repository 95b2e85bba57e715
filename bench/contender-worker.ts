import { CASES, type Case } from './cases.ts'
import type { Answer, Order } from './contender-processes.ts'
import { type Contender, openContender } from './contenders.ts'
import { time } from './measure.ts'

// One contender, as an application has one: what it runs is compiled for it alone.
let contender: Contender | undefined

async function obey(order: Order): Promise<unknown> {
  if (order.kind === 'open') {
    contender = openContender(order.name, order)
    return undefined
  }
  if (!contender) throw new Error('no contender is open')
  if (order.kind === 'end') return contender.end()
  const { run } = caseOf(order.case)
  const opened = contender
  return time((i) => run(opened, i, order.tenants), order.load)
}

function caseOf(name: string): Case {
  const found = CASES.find((one) => one.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found
}

process.on('message', (order: Order) => {
  const answer = (message: Answer) => process.send?.(message)
  obey(order).then(
    (result) => answer({ result }),
    (error: Error) => answer({ error: error.stack ?? error.message }),
  )
})
