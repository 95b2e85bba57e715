import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { assertBuilt } from '../support/built.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const PAGE = join(REPOSITORY, 'docs/demo.md')
const BLOCK = /(<!-- demo -->\n+```\w*\n)([\s\S]*?)(```\n+<!-- \/demo -->)/

describe('the demo', function () {
  this.timeout(90_000)
  // Everything the demo writes goes here: what is left of it can be seen.
  let temporary = ''

  before(() => {
    temporary = mkdtempSync(join(tmpdir(), 'kysely-tenants-e2e-'))
    // As root the server runs as another user, who has to get through.
    chmodSync(temporary, 0o755)
    assertBuilt()
  })

  after(() => rmSync(temporary, { recursive: true, force: true }))

  // To bring it up to date: UPDATE_DEMO=1 npx mocha test/e2e/demo.test.ts && npm run docs
  it('prints what docs/demo.md shows, in less than a minute', async () => {
    const started = Date.now()
    const demo = start(temporary)
    const printed = gather(demo.stdout)
    const [code] = await once(demo, 'close')
    const seconds = (Date.now() - started) / 1000

    expect(code, printed()).to.equal(0)
    const whole = normalized(printed())
    if (process.env.UPDATE_DEMO) replaceBlock(whole)
    expect(whole).to.equal(block())
    expect(seconds).to.be.below(60)
    expect(await leftBehind(demo, temporary)).to.deep.equal({ files: [], processes: false })
  })

  it('leaves no process and no file behind on Ctrl-C', async () => {
    const demo = start(temporary)
    const printed = gather(demo.stdout)
    while (!printed().includes('migrate:latest')) await once(demo.stdout, 'data')
    expect(leftBy(demo, temporary)).to.deep.include({ processes: true })
    expect(filesIn(temporary)).to.have.length(2)

    signalAll(demo, 'SIGINT')

    expect(await once(demo, 'close')).to.deep.equal([130, null])
    expect(await leftBehind(demo, temporary)).to.deep.equal({ files: [], processes: false })
  })
})

// In a group of its own, as a terminal makes one, and with both outputs in the order of a terminal.
function start(temporary: string) {
  return spawn('sh', ['-c', 'exec node --import=tsx examples/demo/demo.ts 2>&1'], {
    cwd: REPOSITORY,
    env: { ...process.env, TMPDIR: temporary, NO_COLOR: '1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function gather(output: NodeJS.ReadableStream): () => string {
  let text = ''
  output.on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

/** The files and processes left when the service that compiles for tsx has noticed that the demo is gone. */
async function leftBehind(demo: ChildProcess, temporary: string) {
  const deadline = Date.now() + 5_000
  while (leftBy(demo, temporary).processes && Date.now() < deadline) await setTimeout(20)
  return leftBy(demo, temporary)
}

function leftBy(demo: ChildProcess, temporary: string) {
  return { files: filesIn(temporary), processes: signalAll(demo, 0) }
}

// Beside the cache of tsx, which runs the demo.
function filesIn(temporary: string): string[] {
  return readdirSync(temporary).filter((file) => !file.startsWith('tsx-'))
}

/** To every process of the group: the demo, its server and the command it runs. False: there is none. */
function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-(pid ?? expect.fail('the demo did not start')), signal)
  } catch (error) {
    expect(error).to.have.property('code', 'ESRCH')
    return false
  }
}

function block(): string {
  return BLOCK.exec(readFileSync(PAGE, 'utf8'))?.[2] ?? expect.fail('docs/demo.md shows no demo')
}

function replaceBlock(printed: string): void {
  const page = readFileSync(PAGE, 'utf8')
  writeFileSync(
    PAGE,
    page.replace(BLOCK, (_, open, __, close) => `${open}${printed}${close}`),
  )
}

/** The names of migrations begin with the time at which they were written. */
function normalized(text: string): string {
  return `${text.trim().replaceAll(/\b\d{13}(?=_tenants_)/g, '1767225600000')}\n`
}
