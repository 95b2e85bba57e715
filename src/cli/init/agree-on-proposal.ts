import type { Survey } from '../../catalog/read-survey.ts'
import { initAmbiguous, initCancelled } from '../../errors/command/init.ts'
import type { Answers, Question } from '../../init/answers.ts'
import type { Proposal } from '../../init/proposal.ts'
import { propose } from '../../init/propose.ts'
import type { Prompts } from './ask.ts'

const FLAGS: Readonly<Record<Question['about'], string>> = {
  appRoles: '--app-role',
  column: '--tenant-column',
  tenantsTable: '--tenants-table',
}

/**
 * Makes a proposal from the catalog, the given answers and those to further questions.
 *
 * @throws `INIT.AMBIGUOUS` when there is a question and no terminal to ask it at
 */
export async function agreeOnProposal(
  survey: Survey,
  given: Answers,
  ask: Prompts | undefined,
): Promise<Proposal> {
  const { proposal, answers } = await settle(survey, given, ask)
  if (ask === undefined) return proposal
  const shared = answers.shared ?? (await askShared(proposal, ask))
  const adminRoles = answers.adminRoles ?? (await askAdmins(proposal, ask))
  return (await settle(survey, { ...answers, shared, adminRoles }, ask)).proposal
}

/** @throws `INIT.CANCELLED` when the answer is no */
export async function confirmProposal(summary: string, file: string, ask: Prompts): Promise<void> {
  ask.show(summary.trimEnd(), 'Proposal')
  if (!(await ask.yes(`Write ${file}?`))) throw initCancelled()
}

async function settle(
  survey: Survey,
  given: Answers,
  ask: Prompts | undefined,
): Promise<{ proposal: Proposal; answers: Answers }> {
  let answers = given
  for (;;) {
    const outcome = propose(survey, answers)
    if ('proposal' in outcome) return { proposal: outcome.proposal, answers }
    answers = { ...answers, ...(await answerTo(outcome.question, ask)) }
  }
}

async function answerTo({ about, text, options }: Question, ask: Prompts | undefined) {
  if (ask === undefined) {
    const lines = options.map(({ value, note }) => `${value}  ${note}`)
    throw initAmbiguous(text, lines, FLAGS[about])
  }
  const answer = await ask.one(text, options)
  return { [about]: about === 'appRoles' ? [answer] : answer }
}

async function askShared({ tables }: Proposal, ask: Prompts): Promise<readonly string[]> {
  const options = tables
    .filter(({ nullable }) => nullable)
    .map(({ name, column }) => ({ value: name, note: `${column} may be NULL` }))
  if (options.length === 0) return []
  return ask.any('Which tables have rows without a tenant that every tenant may read?', options)
}

async function askAdmins({ roles }: Proposal, ask: Prompts): Promise<readonly string[]> {
  const options = roles.others.map((value) => ({ value, note: 'may change tenant tables too' }))
  if (options.length === 0) return []
  return ask.any('Which logins see every tenant?', options)
}
