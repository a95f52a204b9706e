// All bugs of the catalogue, in the order in which an op comes by.

import type { Bug } from "../bug.js";
import { algebra } from "./algebra.js";
import { api } from "./api.js";
import { beside } from "./beside.js";
import { binding } from "./binding.js";
import { border } from "./border.js";
import { bus } from "./bus.js";
import { caller } from "./caller.js";
import { composition } from "./composition.js";
import { crowd } from "./crowd.js";
import { folded } from "./folded.js";
import { formats } from "./formats.js";
import { fuzz } from "./fuzz.js";
import { gate } from "./gate.js";
import { given } from "./given.js";
import { history } from "./history.js";
import { hosts } from "./hosts.js";
import { keeping } from "./keeping.js";
import { ledger } from "./ledger.js";
import { listeners } from "./listeners.js";
import { lives } from "./lives.js";
import { load } from "./load.js";
import { measures } from "./measures.js";
import { members } from "./members.js";
import { merging } from "./merging.js";
import { outbox } from "./outbox.js";
import { past } from "./past.js";
import { pasting } from "./pasting.js";
import { people } from "./people.js";
import { plain } from "./plain.js";
import { postgres } from "./postgres.js";
import { presence } from "./presence.js";
import { recovered } from "./recovered.js";
import { relay } from "./relay.js";
import { rights } from "./rights.js";
import { roles } from "./roles.js";
import { roster } from "./roster.js";
import { schema } from "./schema.js";
import { session } from "./session.js";
import { stock } from "./stock.js";
import { storage } from "./storage.js";
import { strangers } from "./strangers.js";
import { sync } from "./sync.js";
import { upkeep } from "./upkeep.js";
import { values } from "./values.js";
import { webkit } from "./webkit.js";
import { webview } from "./webview.js";
import { wire } from "./wire.js";
import { writing } from "./writing.js";

export const catalogue: readonly Bug[] = [
  ...algebra,
  ...merging,
  ...values,
  ...border,
  ...session,
  ...sync,
  ...schema,
  ...binding,
  ...outbox,
  ...keeping,
  ...recovered,
  ...wire,
  ...gate,
  ...given,
  ...members,
  ...strangers,
  ...formats,
  ...rights,
  ...roles,
  ...ledger,
  ...history,
  ...storage,
  ...folded,
  ...postgres,
  ...upkeep,
  ...relay,
  ...bus,
  ...presence,
  ...roster,
  ...stock,
  ...webview,
  ...plain,
  ...composition,
  ...people,
  ...crowd,
  ...webkit,
  ...hosts,
  ...load,
  ...fuzz,
  ...listeners,
  ...beside,
  ...api,
  ...lives,
  ...caller,
  ...measures,
  ...past,
  ...writing,
  ...pasting,
];
