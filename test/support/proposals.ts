import { expect } from 'chai'
import type pg from 'pg'
import { readSurvey, type Survey } from '../../src/catalog/read-survey.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import { isTenancyError } from '../../src/errors/tenancy-error.ts'
import type { Answers } from '../../src/init/answers.ts'
import type { Proposal } from '../../src/init/proposal.ts'
import { propose } from '../../src/init/propose.ts'
import { proposedConfig } from '../../src/init/proposed-config.ts'
import { plan } from '../../src/migration/plan.ts'
import { resolveWanted } from '../../src/wanted/resolve-wanted.ts'
import { type TestDatabase, withRollback } from './postgres.ts'

/**
 * The survey that `init` makes of a schema, which is rolled back; `APP` in it is the name of the database.
 *
 * @param only the schemas that it looks into
 */
export function surveyOf(
  { url, name }: TestDatabase,
  schema: string,
  only?: readonly string[],
): Promise<Survey> {
  return withRollback(url, async (client: pg.Client) => {
    await client.query(schema.replaceAll('APP', name))
    await client.query('set local search_path = pg_catalog')
    return readSurvey(client, only)
  })
}

/** Fails when there is a question. */
export function proposalFor(survey: Survey, answers: Answers = {}): Proposal {
  const outcome = propose(survey, answers)
  return 'proposal' in outcome ? outcome.proposal : expect.fail(outcome.question.text)
}

/** Fails when there is none. */
export function questionFor(survey: Survey, answers: Answers = {}) {
  const outcome = propose(survey, answers)
  return 'question' in outcome ? outcome.question : expect.fail('nothing was asked')
}

/** The config, which the other commands must be able to use, and what is left to decide. */
export function configFor(survey: Survey, answers: Answers = {}) {
  const proposal = proposalFor(survey, answers)
  const proposed = proposedConfig(proposal)
  const wanted = resolveWanted(parseConfig(proposed), survey.snapshot)
  expect(wanted.withoutColumn).to.have.length(wanted.fills.filter((fill) => fill.column).length)
  plan(wanted, survey.snapshot)
  const { tenant, tables, global } = proposed
  return { tenant, tables, global, undecided: proposal.undecided }
}

/** Fails when `failing` does not. */
export async function refusalOf(
  failing: Promise<unknown>,
): Promise<{ code: string; message: string }> {
  try {
    await failing
  } catch (error) {
    if (isTenancyError(error)) return { code: error.code, message: error.message }
    throw error
  }
  return expect.fail('the answers were accepted')
}
