import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages } from './config-package.ts'
import { type Project, withProject } from './run-cli.ts'

/** A project that a new user begins with: packages, and a `.env` that names the database. */
export function withFirstPath<T>(url: string, body: (project: Project) => Promise<T>): Promise<T> {
  return withProject(undefined, async (project) => {
    installPackages(project.folder)
    writeFileSync(join(project.folder, '.env'), `DATABASE_URL=${url}\n`)
    const before = process.env.DATABASE_URL
    delete process.env.DATABASE_URL
    try {
      return await body(project)
    } finally {
      if (before === undefined) delete process.env.DATABASE_URL
      else process.env.DATABASE_URL = before
    }
  })
}
