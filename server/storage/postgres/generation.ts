// Whether every program that uses a database reads pages. While servers are replaced one by one, those of a version before
// pages go on beside the new ones, and to them what was folded would be a hole in a history: until the last of them has gone,
// nothing is folded. None comes again: it refuses tables that are newer than it is.
//
// Each session of a program that reads pages holds a lock, shared by all of them, as long as it lives; a session of ours that
// does not is of an older one. A server always has a session, since it asks for news every other second. Should one
// be cut off just then and come back, it serves no history with a hole in it, and says that the document is damaged until it
// is replaced; nothing is lost.

import type { Session } from "./connections.js";

/** "page" in ASCII, and the step of `migrations.ts` that made them. */
const LOCK = { classid: 0x70616765, objid: 5 };

/** Said by every session with the first that it says. It waits for nobody. */
export const SAY_NEW = `pg_try_advisory_lock_shared(${LOCK.classid}, ${LOCK.objid})`;

/**
 * A session counts as ours by its name, or by what it asked last, which a user may hide who is not ours. Somebody who only
 * looks at our tables with another program counts too, until they leave. One that has asked nothing yet has read nothing.
 */
const OLDER = `
  SELECT FROM pg_catalog.pg_stat_activity a
  WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
    AND coalesce(a.backend_type, 'client backend') = 'client backend'
    AND a.query <> '' AND strpos(a.query, '${SAY_NEW}') = 0
    AND (a.application_name = 'interline' OR a.query LIKE '%interline.%')
    AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted
        AND l.classid = ${LOCK.classid} AND l.objid = ${LOCK.objid} AND l.objsubid = 2)
  LIMIT 1`;

export async function areAllNew(session: Session): Promise<boolean> {
  return (await session.query(OLDER)).length === 0;
}
