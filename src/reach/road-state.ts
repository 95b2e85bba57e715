import type { BodyStatement } from '../catalog/reach/body-facts.ts'
import type { KeyAction, ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { Becoming } from './become.ts'

export type RoadCommand = 'select' | 'insert' | 'update' | 'delete' | 'truncate' | 'define'

/** As whom something is done. */
export interface Actor {
  /** `current_user`: whose EXECUTE is asked for, and as whom code runs that is not SECURITY DEFINER. */
  readonly user: string
  /** The role whose privileges and policies count: in a view, its owner. */
  readonly as: string
  /** False inside an action of a foreign key: FORCE does not count there. */
  readonly force: boolean
}

/** Where the road leaves what the login may do itself: what has to be cut. */
export type Crossing =
  | { readonly kind: 'role'; readonly becoming: Becoming }
  | { readonly kind: 'function'; readonly fn: ReachFunction }
  | {
      readonly kind: 'trigger'
      readonly fn: ReachFunction
      /** There is no such trigger: the login makes it. */
      readonly isMade?: true
    }
  | { readonly kind: 'event trigger'; readonly name: string; readonly fn: ReachFunction }
  | { readonly kind: 'view'; readonly relation: ReachRelation }
  | { readonly kind: 'rule'; readonly relation: ReachRelation; readonly name: string }
  | { readonly kind: 'key'; readonly key: KeyAction }
  | { readonly kind: 'relation'; readonly relation: ReachRelation }

/** What is done: a role is, a command is given, the body of a function runs. */
export type Stop =
  | { readonly kind: 'role'; readonly role: string }
  | {
      readonly kind: 'relation'
      readonly relation: ReachRelation
      readonly command: RoadCommand
      /** The statement of fixed code that does it; undefined where the login writes it. */
      readonly statement?: BodyStatement
      /** An action of this key does it, for which no privilege is asked. */
      readonly key?: KeyAction
    }
  | {
      readonly kind: 'code'
      readonly fn: ReachFunction
      /** The relation whose row a trigger has. */
      readonly row?: ReachRelation
    }

export interface State {
  readonly stop: Stop
  readonly actor: Actor
  readonly crossing: Crossing | undefined
  /** The words of the edge into it: `executes public.search(q text), security definer`. */
  readonly step: string
  /** Why it only may lead there; undefined where every edge is a fact of the catalog. */
  readonly doubt: string | undefined
  /** The fact that closes the road; undefined while it is open. */
  readonly closed: string | undefined
  readonly from: State | undefined
}

/** An edge out of a state: what changes. */
export interface Edge {
  readonly stop: Stop
  readonly actor: Actor
  readonly step: string
  /** Counts while the road has none yet. */
  readonly crossing?: Crossing
  readonly doubt?: string | undefined
  readonly closed?: string | undefined
}

/** Where a road ends at rows of another tenant, or is held short of them. */
export interface End {
  readonly state: State
  readonly crossing: Crossing
  readonly kind: 'rows' | 'stored' | 'data' | 'anything' | 'foreign'
  /** The table whose rows they are. */
  readonly relation: ReachRelation
  readonly command: RoadCommand
  /** Whom it is done as, and why nothing holds him. */
  readonly because: string
  readonly isSuperuser: boolean
  readonly doubt: string | undefined
  readonly closed: string | undefined
  /** It names the tenant itself, or hands out one value: to be read by a person. */
  readonly isNarrow: boolean
  /** A policy holds him by something else than the tenant, such as `user_id = …`. */
  readonly isBoundary?: boolean
}

export function sameActor(a: Actor, b: Actor): boolean {
  return a.user === b.user && a.as === b.as && a.force === b.force
}

export function ordinary(role: string): Actor {
  return { user: role, as: role, force: true }
}
