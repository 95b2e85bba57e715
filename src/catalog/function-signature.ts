/** SQL for the signature of the function `f` in the schema `n`. */
export const SIGNATURE = `pg_catalog.format('%I.%I(%s)', n.nspname, f.proname,
  pg_catalog.pg_get_function_identity_arguments(f.oid))`
