import { expect } from 'chai'
import type pg from 'pg'
import { readSurvey, type Survey } from '../../src/catalog/read-survey.ts'
import type { Answers } from '../../src/init/answers.ts'
import type { Proposal } from '../../src/init/proposal.ts'
import { propose } from '../../src/init/propose.ts'
import { type TestDatabase, withRollback } from './postgres.ts'

/** What `init` makes of a schema, which is gone afterwards; `APP` in it is the name of the database. */
export function surveyOf({ url, name }: TestDatabase, schema: string): Promise<Survey> {
  return withRollback(url, async (client: pg.Client) => {
    await client.query(schema.replaceAll('APP', name))
    await client.query('set local search_path = pg_catalog')
    return readSurvey(client)
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
